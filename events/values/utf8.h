// Well-formed UTF-8 (RFC 3629), for bytes that come from outside.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace contacts {

// The length in bytes of the character that `text` starts with; 0: it starts with none.
size_t Utf8Length(std::string_view text);

bool IsUtf8(std::string_view text);

// Some editors write it before a text. It cannot be seen, so a reader that takes no text with it
// says `kHasByteOrderMark` behind the text's name.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
inline constexpr const char* kHasByteOrderMark =
    "begins with a byte order mark (U+FEFF); save it as UTF-8 without one";

// `text` with U+FFFD in place of each of its parts that is not UTF-8, as browsers decode it: one
// for a character that breaks off, one for each byte that starts none (Unicode, section 3.9,
// "Substitution of Maximal Subparts").
std::string MendUtf8(std::string_view text);

}  // namespace contacts
