// Well-formed UTF-8 (RFC 3629), for bytes that come from outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace contacts {

// The length in bytes of the character that `text` starts with; 0: it starts with no character.
size_t Utf8Length(std::string_view text);

bool IsUtf8(std::string_view text);

// Appends the bytes of a code point up to 0x10FFFF; of a surrogate, which is none, the three bytes
// that it would have.
void AppendUtf8(uint32_t code, std::string* out);

// Some editors write this mark before a text. It is invisible, so a reader that refuses texts with
// it says `kHasByteOrderMark` after the text's name.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
inline constexpr const char* kHasByteOrderMark =
    "begins with a byte order mark (U+FEFF); save it as UTF-8 without one";

// `text` with U+FFFD in place of each part that is not UTF-8, as browsers decode it: one for a
// character that breaks off, one for each byte that starts no character (Unicode, section 3.9,
// "Substitution of Maximal Subparts").
std::string MendUtf8(std::string_view text);

}  // namespace contacts
