#include "infra/ops/expiry.h"

#include <charconv>
#include <optional>

namespace contacts {
namespace {

constexpr int64_t kMaxNumber = 100'000;

std::optional<Timestamp> After(const std::string& text, Timestamp now) {
  int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [unit, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || end - unit != 1 || number < 1 || number > kMaxNumber) {
    return std::nullopt;
  }
  const int64_t minutes = *unit == 'm' ? 1 : *unit == 'h' ? 60 : *unit == 'd' ? 24 * 60 : 0;
  if (minutes == 0) return std::nullopt;
  return Timestamp{now.milliseconds + number * minutes * 60'000};
}

std::optional<Timestamp> At(std::string text) {
  if (text.ends_with('Z') && text.find('.') == std::string::npos) {
    text.insert(text.size() - 1, ".000");
  }
  return ParseTimestamp(text);
}

}  // namespace

Result<Timestamp> ReadExpiry(const std::string& text, Timestamp now) {
  std::optional<Timestamp> time = After(text, now);
  if (!time) time = At(text);
  if (!time) {
    return Error{ErrorCode::kBadRequest,
                 "'" + text + "' is not a time: write 90d, 12h, 30m or 2027-01-31T00:00:00Z."};
  }
  if (*time <= now) return Error{ErrorCode::kBadRequest, text + " has passed."};
  return *time;
}

}  // namespace contacts
