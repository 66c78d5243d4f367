// Points in time as the contract writes them.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace contacts {

// Milliseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
  int64_t milliseconds = 0;
  auto operator<=>(const Timestamp&) const = default;
};

// RFC 3339, UTC, always milliseconds and `Z`: 2026-11-23T10:00:00.123Z. A time outside of the
// years 0000 to 9999 is written as the nearest inside.
std::string FormatTimestamp(Timestamp time);
// RFC 3339 in its whole: any number of decimals, of which milliseconds count, and any offset, also
// with `t` and `z`. nullopt: another form, a day that does not exist, or a leap second.
std::optional<Timestamp> ParseDateTime(std::string_view text);
// Takes exactly the form of FormatTimestamp; nullopt for any other text, and for a day that does
// not exist.
std::optional<Timestamp> ParseTimestamp(std::string_view text);

}  // namespace contacts
