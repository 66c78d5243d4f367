// The system's words for an errno.
#pragma once

#include <string>
#include <system_error>

namespace contacts {

// As strerror(3), for any thread.
inline std::string ErrnoText(int number) { return std::generic_category().message(number); }

}  // namespace contacts
