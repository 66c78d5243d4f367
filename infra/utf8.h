// Well-formed UTF-8 (RFC 3629), for bytes that come from outside.
#pragma once

#include <cstddef>
#include <string_view>

namespace contacts {

// The length in bytes of the character that `text` starts with; 0: it starts with none.
size_t Utf8Length(std::string_view text);

bool IsUtf8(std::string_view text);

}  // namespace contacts
