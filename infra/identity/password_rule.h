// The rule for a new password: 8 to 256 characters, each of them visible or a space (RFC 8265,
// OpaqueString). It does not demand certain kinds of characters (NIST SP 800-63B, 5.1.1.2: length
// counts, rules of composition do not help).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "events/values/precis.h"
#include "events/values/unicode.h"

namespace contacts {

inline constexpr size_t kMinPasswordCharacters = 8;
inline constexpr size_t kMaxPasswordCharacters = 256;  // at most 1024 bytes of UTF-8

// The words that follow "A password" in an error; nullopt: nothing is wrong. Characters are code
// points of the text that is hashed (PreparePassword), so that each way to type it gets the same
// answer.
inline std::optional<std::string> FaultOfPassword(std::string_view text) {
  const std::string prepared = PreparePassword(text);
  size_t characters = 0;
  for (const char c : prepared) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  if (characters < kMinPasswordCharacters || characters > kMaxPasswordCharacters) {
    return "must have 8 to 256 characters";
  }
  if (unicode::HasControl(prepared)) return "must not hold control characters";
  return FaultOfNewPassword(prepared);
}

}  // namespace contacts
