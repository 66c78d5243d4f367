// What a password that is set must keep to: 8 to 256 characters. Which ones is left to its owner
// (NIST SP 800-63B, 5.1.1.2: length counts, rules of composition do not help).
#pragma once

#include <cstddef>
#include <string_view>

namespace contacts {

inline constexpr size_t kMinPasswordCharacters = 8;
inline constexpr size_t kMaxPasswordCharacters = 256;  // at most 1024 bytes of UTF-8
inline constexpr const char* kPasswordRule = "must have 8 to 256 characters";

// Characters are code points.
inline bool IsFitPassword(std::string_view text) {
  size_t characters = 0;
  for (const char c : text) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return characters >= kMinPasswordCharacters && characters <= kMaxPasswordCharacters;
}

}  // namespace contacts
