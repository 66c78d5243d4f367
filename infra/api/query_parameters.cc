#include "infra/api/query_parameters.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "events/values/ascii.h"
#include "events/values/unicode.h"
#include "infra/api/request_headers.h"

namespace contacts::api {
namespace {

Error BadParameter(std::string_view name, const std::string& why) {
  return {ErrorCode::kBadRequest, "The query parameter " + std::string(name) + ' ' + why};
}

bool IsOfPosition(char c) { return IsDigit(c) || c == '.'; }
bool IsInViewName(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); }

}  // namespace

Result<std::optional<std::string_view>> OneParameter(const http::Request& request,
                                                     std::string_view name) {
  std::optional<std::string_view> found;
  for (const auto& [key, value] : request.query) {
    if (key != name) continue;
    if (found) return BadParameter(name, "must be given once");
    found = value;
  }
  return found;
}

Result<std::optional<Position>> PositionParameter(const http::Request& request,
                                                  std::string_view name) {
  const auto text = OneParameter(request, name);
  if (!text) return text.error();
  if (!*text) return std::optional<Position>{};
  if (const auto position = PositionFrom(**text)) return position;
  return BadParameter(name, "must be a position, as Contacts-Position names it: 17 or 2.121" +
                                unicode::CannotHold(**text, IsOfPosition));
}

Result<std::optional<int64_t>> NumberParameter(const http::Request& request, std::string_view name,
                                               int64_t least, int64_t most) {
  const auto text = OneParameter(request, name);
  if (!text) return text.error();
  if (!*text) return std::optional<int64_t>{};
  int64_t number = 0;
  const char* const end = (*text)->data() + (*text)->size();
  const auto [stop, error] = std::from_chars((*text)->data(), end, number);
  const bool is_number = error == std::errc() && stop == end && IsDigit((*text)->front());
  if (is_number && number >= least && number <= most) return std::optional(number);
  return BadParameter(name, "must be a number from " + std::to_string(least) + " to " +
                                std::to_string(most) + unicode::CannotHold(**text, IsDigit));
}

Result<std::optional<PointInTime>> AsOf(const http::Request& request) {
  const auto text = OneParameter(request, "asOf");
  if (!text) return text.error();
  if (!*text) return std::optional<PointInTime>{};
  if (const auto position = PositionFrom(**text)) return std::optional<PointInTime>(*position);
  if (const auto time = ParseDateTime(**text)) return std::optional<PointInTime>(*time);
  return BadParameter("asOf",
                      "must be a position, as Contacts-Position names it, or a time as in "
                      "2026-05-01T12:00:00Z or 2026-05-01T14:00:00%2B02:00");
}

Result<std::optional<std::chrono::seconds>> WaitWanted(const http::Request& request) {
  const auto wait = NumberParameter(request, "wait", 0, kMaxWait.count());
  if (!wait) return wait.error();
  const auto preferred = PreferredWait(request);
  if (!preferred || *preferred) return preferred;
  if (!*wait) return std::optional<std::chrono::seconds>{};
  return std::optional(std::chrono::seconds(**wait));
}

Result<std::optional<std::string_view>> ViewParameter(const http::Request& request) {
  auto text = OneParameter(request, "view");
  if (!text || !*text) return text;
  if ((*text)->size() == 16 && std::all_of((*text)->begin(), (*text)->end(), IsInViewName))
    return text;
  return BadParameter("view",
                      "must be the view of an earlier answer: 16 characters of 0-9 and a-f" +
                          unicode::CannotHold(**text, IsInViewName));
}

Result<WantedPositions> PositionsWanted(const http::Request& request) {
  WantedPositions wanted;
  const auto least = MinPosition(request);
  if (!least) return least.error();
  if (*least) wanted.positions.push_back(**least);
  const auto since = PositionParameter(request, "since");
  if (!since) return since.error();
  if (*since) wanted.positions.push_back(**since);
  // The handler of a stream refuses one that is no position.
  if (const auto last = LastEventId(request); WantsEvents(request) && last.ok() && *last) {
    wanted.positions.push_back(**last);
  }
  const auto as_of = AsOf(request);
  if (!as_of) return as_of.error();
  if (*as_of && std::holds_alternative<Position>(**as_of)) {
    wanted.positions.push_back(std::get<Position>(**as_of));
  }
  if (wanted.positions.empty()) return wanted;
  const auto wait = WaitWanted(request);
  if (!wait) return wait.error();
  if (*wait) wanted.wait = **wait;
  return wanted;
}

}  // namespace contacts::api
