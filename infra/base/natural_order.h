// The order of names in lists for people.
#pragma once

#include <string_view>

namespace contacts {

// Whether `a` stands before `b` in a list: digits by the number that they make ("user 2" before
// "user 10"), ASCII letters regardless of case, everything else by its bytes. Texts that are equal
// in this way stand in the order of their bytes, so that it is a strict total order.
bool NaturallyBefore(std::string_view a, std::string_view b);

}  // namespace contacts
