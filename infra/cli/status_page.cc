#include "infra/cli/status_page.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "events/json/json_archive.h"
#include "events/values/utf8.h"
#include "infra/base/what_to_do.h"
#include "infra/cli/text_page.h"
#include "infra/ops/shown_state.h"

namespace contacts::cli {
namespace {

constexpr size_t kNamed = 3;            // tenants of a kind, and partitions
constexpr size_t kLongestReason = 400;  // bytes; --json has all of it

std::string Count(int64_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string Bytes(int64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"bytes", "kB", "MB", "GB", "TB"};
  auto shown = static_cast<double>(bytes);
  size_t unit = 0;
  for (; shown >= 1000 && unit + 1 < kUnits.size(); ++unit) shown /= 1000;
  std::array<char, 32> text{};
  (void)std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", shown,
                      kUnits[unit]);
  return text.data();
}

std::string Duration(int64_t seconds) {
  if (seconds < 120) return std::to_string(seconds) + " s";
  if (seconds < 7200) return std::to_string(seconds / 60) + " min";
  if (seconds < 172'800) return std::to_string(seconds / 3600) + " h";
  return std::to_string(seconds / 86'400) + " days";
}

bool Serves(const ShownState& state) { return !state.instance.admin.empty(); }

void AddHead(const ShownState& state, TextPage* page) {
  const InstanceFacts& facts = state.instance;
  std::string head = "contacts " + Safe(state.version) + ": ";
  if (!Serves(state)) {
    page->Line(head + "no server is running", TextPage::kYellow);
  } else {
    const bool ready = state.reasons.empty();
    const std::string time =
        facts.address.empty() ? "" : ", serving for " + Duration(facts.serving_seconds);
    page->Line(head + (ready ? "ready" : "NOT READY") + time,
               ready ? TextPage::kGreen : TextPage::kRed);
  }
  if (!facts.log.empty()) {
    const std::string topic = facts.topic.empty() ? "" : ", the topic " + Safe(facts.topic);
    page->Row("log", Safe(facts.log) + topic);
  }
  page->Row("data", Safe(facts.data));
  if (!facts.address.empty()) page->Row("API", "http://" + Safe(facts.address) + "/api");
  if (Serves(state)) page->Row("operations", "http://" + Safe(facts.admin));
}

void AddPartitions(const ShownState& state, TextPage* page) {
  std::string text = std::to_string(state.partitions.size());
  int64_t standing = 0;
  for (const ShownPartition& one : state.partitions) standing += one.fault.empty() ? 0 : 1;
  if (standing > 0) {
    text += ", " + std::to_string(standing) + (standing == 1 ? " stands" : " stand") + " still";
  }
  if (state.entries_left > 0) {
    text += ", " + Count(state.entries_left, "entry", "entries") + " behind the log";
  } else if (state.caught_up && standing == 0) {
    text += ", up to the log's end";
  }
  std::string positions;
  for (size_t i = 0; i < state.partitions.size() && i < kNamed; ++i) {
    positions += (i == 0 ? "" : ", ") + std::to_string(state.partitions[i].next);
  }
  if (!positions.empty()) text += "; position " + positions;
  if (state.partitions.size() > kNamed) text += " …";
  page->Row("partitions", text);
  size_t named = 0;
  for (const ShownPartition& one : state.partitions) {
    if (one.fault.empty() || ++named > kNamed) continue;
    page->Row("  number " + std::to_string(one.partition),
              "stands still at " + std::to_string(one.next), TextPage::kRed);
  }
}

// Adds the first names with their reasons, and how many more there are.
void AddTenantsOf(const ShownState& state, const char* label, std::string ShownTenant::*why,
                  TextPage* page) {
  size_t named = 0;
  size_t more = 0;
  for (const ShownTenant& tenant : state.tenants) {
    if ((tenant.*why).empty()) continue;
    if (++named > kNamed) {
      ++more;
      continue;
    }
    page->Row(
        label,
        Safe(tenant.tenant) + ": " + Safe(json::ShortText(MendUtf8(tenant.*why), kLongestReason)),
        TextPage::kYellow);
  }
  if (more > 0) page->Row(label, "and " + std::to_string(more) + " more");
}

void AddTenants(const ShownState& state, TextPage* page) {
  std::string text = std::to_string(state.tenants.size());
  if (state.tenants_parked > 0) text += ", " + std::to_string(state.tenants_parked) + " parked";
  if (state.tenants_closed > 0) text += ", " + std::to_string(state.tenants_closed) + " closed";
  page->Row("tenants", text);
  AddTenantsOf(state, "  parked", &ShownTenant::parked, page);
  AddTenantsOf(state, "  closed", &ShownTenant::closed, page);
}

void AddHealth(const ShownState& state, TextPage* page) {
  std::set<std::string> troubled;
  const auto add = [&](const char* label, const ShownFinding& finding, TextPage::Color color) {
    troubled.insert(finding.part);
    page->Row(label, Safe(finding.part) + ": " + Safe(finding.why), color);
  };
  for (const ShownFinding& reason : state.reasons) add("NOT READY", reason, TextPage::kRed);
  for (const ShownFinding& warning : state.warnings) add("warning", warning, TextPage::kYellow);
  std::string fine;
  for (const std::string& part : state.parts) {
    if (!troubled.contains(part)) fine += (fine.empty() ? "" : ", ") + Safe(part);
  }
  if (!fine.empty()) page->Row("ok", fine, TextPage::kGreen);
}

void AddErasures(const InstanceFacts& facts, TextPage* page) {
  if (facts.cleaning_due_since) {
    const std::string since = FormatTimestamp(*facts.cleaning_due_since);
    const std::string& why = facts.cleaning_waits_for;
    page->Row("erasures", "bytes of erased people are being removed, since " + since +
                              (why.empty() ? "" : ": " + Safe(why)));
  } else if (facts.cleaned_at) {
    page->Row("erasures",
              "the bytes of all erased people were gone at " + FormatTimestamp(*facts.cleaned_at));
  }
}

// A part that only a later build knows comes last.
size_t RankOfAny(const std::string& part) {
  try {
    return RankOf(part);
  } catch (const std::logic_error&) {
    return SIZE_MAX;
  }
}

// User names that no account has are counted, too, because a guesser tries them.
std::string LocksOf(const ShownState& state) {
  const int64_t accounts = state.instance.locked_accounts;
  const auto addresses = static_cast<int64_t>(state.locks.size());
  if (accounts == 0 && addresses == 0) return "no account and no address is locked";
  std::string text;
  if (accounts > 0) {
    text =
        Count(accounts, "user name is", "user names are") +
        " locked after failed log-ins; `contacts user list --tenant TENANT` says which are users";
  }
  if (addresses > 0) {
    text += (text.empty() ? "" : "; ") + Count(addresses, "address is", "addresses are") +
            " locked for all accounts; `contacts address list` says which";
  }
  return text;
}

const ShownFinding* WorstOf(const std::vector<ShownFinding>& findings) {
  const auto worst = std::min_element(findings.begin(), findings.end(),
                                      [](const ShownFinding& a, const ShownFinding& b) {
                                        return RankOfAny(a.part) < RankOfAny(b.part);
                                      });
  return worst == findings.end() ? nullptr : &*worst;
}

std::string WhatNext(const ShownState& state) {
  const ShownFinding* worst = WorstOf(state.reasons);
  if (worst != nullptr) return worst->next;
  worst = WorstOf(state.warnings);
  const bool no_room = worst != nullptr && worst->part == "disk";
  if (!Serves(state) && !no_room) {
    const bool on_kafka = state.instance.log == "kafka";
    return WhatToDo(kStartPart, on_kafka ? "No server is running on Kafka" : "No server is running",
                    state.instance.data);
  }
  if (worst != nullptr) return worst->next;
  if (state.instance.locked_accounts > 0) {
    return "Nothing has to be done; to let a locked user in now: contacts user unlock NAME "
           "--tenant TENANT";
  }
  if (!state.locks.empty()) {
    return "Nothing has to be done; to let a locked address in now: contacts address unlock "
           "ADDRESS";
  }
  return "All is well: nothing to do.";
}

// Members that another build leaves out keep their defaults.
Result<bool> Read(const std::string& json, ShownState* state) {
  const auto document = json::Document::Parse(json, {.bytes = json.size() + 1});
  if (!document.ok()) return document.error();
  Faults unread;
  (void)FromJson(*document, document->root(), Reading::kEnvelope, state, &unread);
  return true;
}

}  // namespace

StatusPageOptions PageForStdout() {
  // NOLINTBEGIN(concurrency-mt-unsafe): no thread sets variables
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const term = std::getenv("TERM");
  // NOLINTEND(concurrency-mt-unsafe)
  StatusPageOptions options;
  const bool refused = no_color != nullptr && *no_color != '\0';
  const bool dumb = term == nullptr || std::string_view(term) == "dumb";
  if (isatty(STDOUT_FILENO) != 0 && !refused && !dumb) {
    options.color = StatusPageOptions::Color::kYes;
  }
  return options;
}

std::string StatusPage(const std::string& json, const StatusPageOptions& options) {
  TextPage page(options.width, options.color == StatusPageOptions::Color::kYes);
  ShownState state;
  if (const auto read = Read(json, &state); !read.ok()) {
    page.Line("The state cannot be read: " + Safe(read.error().message));
    page.Line("Use a contacts program of the same release as the server, or --json.");
    return page.Take();
  }
  AddHead(state, &page);
  AddPartitions(state, &page);
  AddTenants(state, &page);
  const InstanceFacts& facts = state.instance;
  if (facts.disk_total > 0) {
    page.Row("disk", Bytes(facts.disk_free) + " of " + Bytes(facts.disk_total) + " are free");
  }
  if (Serves(state)) {
    page.Row("log-ins", LocksOf(state));
  }
  AddErasures(facts, &page);
  if (state.digest) page.Row("digest", Safe(*state.digest));
  AddHealth(state, &page);
  page.Line("");
  page.Line(Safe(WhatNext(state)));
  return page.Take();
}

std::string StatusPageOfReadiness(const std::string& json, const std::string& data,
                                  const std::string& admin, const StatusPageOptions& options) {
  ShownState state;
  if (const auto read = Read(json, &state); !read.ok()) {
    return StatusPageWithoutState(data, read.error().message, options);
  }
  state.instance.data = data;
  state.instance.admin = admin;
  TextPage page(options.width, options.color == StatusPageOptions::Color::kYes);
  AddHead(state, &page);
  page.Row("state", "the operations of the server are busy; this is what its health says",
           TextPage::kYellow);
  AddHealth(state, &page);
  page.Line("");
  page.Line(state.reasons.empty() && state.warnings.empty()
                ? "Ask again when the operation that runs, for example an export, is done."
                : Safe(WhatNext(state)));
  return page.Take();
}

std::string StatusPageWithoutState(const std::string& data, const std::string& why,
                                   const StatusPageOptions& options) {
  TextPage page(options.width, options.color == StatusPageOptions::Color::kYes);
  page.Line(std::string("contacts ") + CONTACTS_VERSION + ": the state cannot be read",
            TextPage::kRed);
  page.Row("data", Safe(data));
  page.Row("NOT READY", Safe(why), TextPage::kRed);
  page.Line("");
  page.Line(Safe(WhatToDo(kStartPart, why, data)));
  return page.Take();
}

}  // namespace contacts::cli
