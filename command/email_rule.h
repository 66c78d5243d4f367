// What is an e-mail address.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace contacts {

// The expression of the HTML Living Standard, "valid e-mail address" (input type=email), whole
// text:
//   [a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+ @ label (. label)*
//   label = [a-zA-Z0-9] ([a-zA-Z0-9-]{0,61} [a-zA-Z0-9])?
bool IsEmail(std::string_view text);

// The first byte that can stand nowhere in its part of an address, before or behind the first `@`;
// nullopt: the parts alone are wrong, or nothing is.
std::optional<size_t> FirstWrongInEmail(std::string_view text);

}  // namespace contacts
