#include "infra/http/access_log.h"

#include <algorithm>
#include <string_view>

#include "events/values/ascii.h"
#include "infra/base/log.h"

namespace contacts::http {
namespace {

bool IsNumber(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit);
}

// The sender chooses the path, and may write a person's name or address into it. So the log shows
// the path only if it is a route's, and its parameters are numbers, which name nobody.
std::string_view ShownPath(const RequestSummary& summary) {
  std::string_view pattern = summary.route();
  if (pattern.empty()) return "(no route)";
  std::string_view path = summary.path;
  while (!pattern.empty()) {  // from the end: the path may have a base before the pattern
    const size_t slash = pattern.rfind('/');
    const size_t slash_in_path = path.rfind('/');
    if (slash == std::string_view::npos || slash_in_path == std::string_view::npos) break;
    const bool is_parameter = pattern.substr(slash + 1).starts_with('{');
    if (is_parameter && !IsNumber(path.substr(slash_in_path + 1))) return summary.route();
    pattern.remove_suffix(pattern.size() - slash);
    path.remove_suffix(path.size() - slash_in_path);
  }
  return summary.path;
}

}  // namespace

void LogAccess(const RequestSummary& summary, const AnswerContext& context,
               const Response& response) {
  if (!log::Shows(log::Level::kInfo)) return;
  const auto took = std::chrono::steady_clock::now() - summary.started;
  log::Info(
      "request",
      {{"method", summary.method},
       {"path", std::string(ShownPath(summary))},
       {"status", std::to_string(response.status)},
       {"bytes", std::to_string(BodySize(response))},
       {"us", std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(took).count())},
       {"client", summary.client_address},
       {"request_id", context.request_id},
       {"traceparent", summary.traceparent}});
}

void LogStreamEnd(const std::string& request_id, const char* end, uint64_t bytes,
                  std::chrono::steady_clock::duration lasted) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(lasted);
  log::Info("stream ended", {{"end", end},
                             {"bytes", std::to_string(bytes)},
                             {"ms", std::to_string(ms.count())},
                             {"request_id", request_id}});
}

}  // namespace contacts::http
