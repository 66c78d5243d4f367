#include "command/idempotency.h"

#include <charconv>
#include <string_view>

#include "events/values/hash.h"

namespace contacts {
namespace {

constexpr std::string_view kAttempt = "attempt.";

}  // namespace

std::string RequestHash(const std::string& key, const std::string& request) {
  return ToHex(HmacSha256(key, request));
}

std::string AttemptKey(Sequence sequence, const std::string& id) {
  return std::string(kAttempt) + std::to_string(sequence.value) + '.' + id;
}

std::optional<AttemptName> ParseAttemptKey(const std::string& key) {
  if (!key.starts_with(kAttempt)) return std::nullopt;
  const char* const end = key.data() + key.size();
  AttemptName name;
  const auto [dot, error] = std::from_chars(key.data() + kAttempt.size(), end, name.sequence.value);
  if (error != std::errc() || dot == end || *dot != '.' || name.sequence.value < 1) {
    return std::nullopt;
  }
  name.id.assign(dot + 1, end);
  return name;
}

Error KeyReused(const std::string& key) {
  return {ErrorCode::kKeyReused,
          "the Idempotency-Key " + key +
              " was used for another request. The bytes of the body are compared, so the order of "
              "members and white space count. To try again, send exactly the same bytes; for a new "
              "request, take a new key"};
}

}  // namespace contacts
