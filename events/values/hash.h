// SHA-256 (FIPS 180-4) and HMAC-SHA-256 of bytes, and the hex form of bytes.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace contacts {

struct Hash {
  std::array<uint8_t, 32> bytes{};  // all zero: "before the first record"
  auto operator<=>(const Hash&) const = default;
};

Hash Sha256(std::string_view bytes);
// HMAC-SHA-256 (RFC 2104).
Hash HmacSha256(std::string_view key, std::string_view message);

std::string ToHex(std::string_view bytes);  // lower case
std::string ToHex(const Hash& hash);
// Fills `bytes` from lower-case hex digits, two for each byte; false for any other text, after
// which `bytes` holds anything.
bool FromHex(std::string_view hex, std::span<uint8_t> bytes);
// Takes 64 lower-case hex digits; nullopt for any other text.
std::optional<Hash> HashFromHex(std::string_view hex);

}  // namespace contacts
