#include "command/idempotency.h"

#include <string_view>

#include "events/values/hash.h"

namespace contacts {
namespace {

constexpr std::string_view kAttempt = "attempt.";

}  // namespace

std::string RequestHash(const std::string& key, const std::string& request) {
  return ToHex(HmacSha256(key, request));
}

std::string AttemptKey(const Position& position, const std::string& id) {
  return std::string(kAttempt) + TextOf(position) + '.' + id;
}

std::optional<AttemptName> ParseAttemptKey(const std::string& key) {
  if (!key.starts_with(kAttempt)) return std::nullopt;
  const std::string_view rest = std::string_view(key).substr(kAttempt.size());
  const size_t dot = rest.rfind('.');  // a record's id holds none
  if (dot == std::string_view::npos) return std::nullopt;
  const auto position = PositionFrom(rest.substr(0, dot));
  if (!position || position->sequence.value < 1) return std::nullopt;
  return AttemptName{*position, std::string(rest.substr(dot + 1))};
}

Error KeyLost(const std::string& key) {
  Error error{ErrorCode::kGone,
              "the Idempotency-Key " + key +
                  " names an attempt in a part of the history that was lost when an older copy of "
                  "the log was put in its place. Look at what is there now; for a new request, "
                  "take a new key"};
  error.code_name = "unknownPosition";
  return error;
}

Error KeyReused() {
  return {
      ErrorCode::kKeyReused,
      "this Idempotency-Key was used for another request. The bytes of the body are compared, so "
      "the order of members and white space count. To try again, send exactly the same bytes; "
      "for a new request, take a new key"};
}

}  // namespace contacts
