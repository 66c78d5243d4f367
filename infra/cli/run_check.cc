#include "infra/cli/run_check.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <string>

#include "events/json/json_archive.h"
#include "infra/base/log.h"
#include "infra/check/check.h"
#include "infra/cli/text_page.h"

namespace contacts::cli {
namespace {

using Weight = Finding::Weight;

constexpr std::chrono::milliseconds kForPeople{4700};
constexpr std::chrono::milliseconds kForStart{3000};

const char* WordFor(Weight weight) {
  if (weight == Weight::kNote) return "note";
  return weight == Weight::kWarning ? "warning" : "fault";
}

// A finding as JSON.
struct ShownToMachines {
  std::string part;
  std::string weight;
  std::string what;
  std::string todo;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("part", part), Field("weight", weight), Field("what", what), Field("do", todo));
  }
};

struct Summary {
  int64_t faults = 0;
  int64_t warnings = 0;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("faults", faults), Field("warnings", warnings));
  }
};

std::string Counted(int64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string InWords(const Summary& sum) {
  const std::string warnings = Counted(sum.warnings, "warning");
  if (sum.faults > 0) {
    return Counted(sum.faults, "fault") + ", " + warnings + ": contacts serve will not work here.";
  }
  return sum.warnings > 0 ? "No fault, " + warnings + "." : "Nothing is wrong.";
}

Findings LookAtAll(const CommandLine& line, check::Subject::For asked_for,
                   std::chrono::milliseconds time) {
  Findings all = line.findings;
  const Findings found = check::LookAt(
      {line.config, line.unusable, line.origins, line.unread, asked_for, line.settings_file}, time);
  all.insert(all.end(), found.begin(), found.end());
  return all;
}

void PrintFinding(const Finding& finding, bool as_json) {
  const ShownToMachines shown{finding.part, WordFor(finding.weight), Safe(finding.what),
                              Safe(finding.todo)};
  if (as_json) {
    std::cout << ToJson(shown) << "\n";
    return;
  }
  std::cout << shown.weight << "  " << shown.part << ": " << shown.what << ".\n";
  if (!shown.todo.empty()) std::cout << "    " << shown.todo << "\n";
}

}  // namespace

int RunCheck(const CommandLine& line) {
  const Findings all = LookAtAll(line, check::Subject::For::kPeople, kForPeople);
  Summary sum;
  for (const Finding& finding : all) {
    PrintFinding(finding, line.json);
    if (finding.is_fault()) ++sum.faults;
    if (finding.weight == Weight::kWarning) ++sum.warnings;
  }
  std::cout << (line.json ? ToJson(sum) : InWords(sum)) << "\n" << std::flush;
  log::Stop();
  // A part that hangs is not waited for, and the others hold nothing that must be closed.
  _exit(sum.faults > 0 || !std::cout ? 1 : 0);
}

int LeaveWhatHangs(int exit_code) {
  if (!check::IsLooking()) return exit_code;
  std::cout << std::flush;
  log::Stop();
  _exit(exit_code);
}

bool MayStart(const CommandLine& line) {
  const Findings all = LookAtAll(line, check::Subject::For::kStart, kForStart);
  for (const Finding& finding : all) {
    const std::string text = finding.what + (finding.todo.empty() ? "" : ". " + finding.todo);
    if (finding.weight == Weight::kFault) log::Error(text, {{"part", finding.part}});
    if (finding.weight == Weight::kWarning || finding.weight == Weight::kPassing) {
      log::Warn(text, {{"part", finding.part}});
    }
  }
  const bool may = std::none_of(all.begin(), all.end(), [](const Finding& finding) {
    return finding.weight == Weight::kFault;
  });
  if (!may) log::Stop();
  return may;
}

}  // namespace contacts::cli
