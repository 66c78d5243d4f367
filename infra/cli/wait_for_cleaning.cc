#include "infra/cli/wait_for_cleaning.h"

#include <chrono>
#include <iostream>
#include <thread>

#include "events/json/json_archive.h"
#include "infra/base/growing_pause.h"
#include "infra/ops/shown_cleaning.h"

namespace contacts::cli {
namespace {

constexpr const char* kGone =
    "The bytes are gone from the files of this server. It cannot know of: other servers, which "
    "rewrite their own files; backups; copies that somebody made; logs of proxies and other "
    "systems.\n";

Result<ops::ShownCleaning> Read(const std::string& json) {
  const auto document = json::Document::Parse(json, {.bytes = json.size() + 1});
  if (!document.ok()) return document.error();
  ops::ShownCleaning shown;
  Faults unread;
  (void)FromJson(*document, document->root(), Reading::kEnvelope, &shown, &unread);
  return shown;
}

}  // namespace

Result<std::string> WaitForCleaning(const CommandLine& line, Asked& asked) {
  OpsRequest request;
  request.operation = line.request.operation;
  request.tenant = line.request.tenant;
  request.wait = true;
  GrowingPause pause(std::chrono::milliseconds(100), std::chrono::seconds(5));
  std::string said;
  for (;;) {
    const auto answer = asked.Ask(request);
    if (!answer.ok()) return answer.error();
    const auto shown = Read(answer->text);
    if (!shown.ok()) return shown.error();
    if (shown->cleaned) return line.json ? answer->text : kGone;
    // The number of entries changes; a line for each would say nothing more.
    if (said.empty() && !shown->waits_for.empty()) {
      said = shown->waits_for;
      std::cerr << "contacts: waiting: " << said << "\n" << std::flush;
    }
    std::this_thread::sleep_for(pause.Next());
  }
}

}  // namespace contacts::cli
