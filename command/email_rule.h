// What is an e-mail address.
#pragma once

#include <string_view>

namespace contacts {

// The expression of the HTML Living Standard, "valid e-mail address" (input type=email), whole
// text:
//   [a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+ @ label (. label)*
//   label = [a-zA-Z0-9] ([a-zA-Z0-9-]{0,61} [a-zA-Z0-9])?
bool IsEmail(std::string_view text);

}  // namespace contacts
