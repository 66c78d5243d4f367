// Tells which texts are e-mail addresses.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace contacts {

// Whether the whole text is a valid e-mail address of the HTML Living Standard (input type=email):
// clang-format off
//   address = [a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+ @ label (. label)*
//   label   = [a-zA-Z0-9] ([a-zA-Z0-9-]{0,61} [a-zA-Z0-9])?
// clang-format on
bool IsEmail(std::string_view text);

// The first byte that is not allowed anywhere in its part of an address, before or after the first
// `@`; nullopt: all bytes are allowed, though the text may have another fault.
std::optional<size_t> FirstWrongInEmail(std::string_view text);

}  // namespace contacts
