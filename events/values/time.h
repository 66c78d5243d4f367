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
// Takes exactly that form; nullopt for any other text, and for a day that does not exist.
std::optional<Timestamp> ParseTimestamp(std::string_view text);

}  // namespace contacts
