// The system's words for an errno.
#pragma once

#include <string>
#include <system_error>

namespace contacts {

// Returns the text of strerror(3). Any thread.
inline std::string ErrnoText(int number) { return std::generic_category().message(number); }

}  // namespace contacts
