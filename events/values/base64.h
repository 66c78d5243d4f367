// Base64 in its canonical form (RFC 4648, section 4, with padding; sections 3.2 and 3.5).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace contacts {

std::string ToBase64(std::string_view bytes);

// nullopt: `text` is not what ToBase64 makes of any bytes: another alphabet, white space, padding
// that is missing, or bits in it that are not zero.
std::optional<std::string> FromBase64(std::string_view text);

}  // namespace contacts
