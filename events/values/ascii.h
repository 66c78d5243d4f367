// Characters and small grammars of ASCII that several readers of outside texts share. Bytes above
// 127 belong to no class. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace contacts {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsAlphanumeric(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The value of a hexadecimal digit; -1: `c` is not one.
constexpr int HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// `text` without space and tab at both ends.
std::string_view TrimSpace(std::string_view text);

// Decodes %XX (RFC 3986, 2.1); nullopt: a `%` without two digits after it. `plus_is_space`: `+` is
// a space, as in a form. `keep_slash`: "%2F" stays as it is, so that it never becomes a border
// between segments.
struct PercentRules {
  bool plus_is_space = false;
  bool keep_slash = false;
};
std::optional<std::string> PercentDecode(std::string_view text, PercentRules rules = {});

}  // namespace contacts
