// The system's words for an errno.
#pragma once

#include <string>
#include <system_error>

namespace contacts {

// Like strerror(3), but for any thread.
inline std::string ErrnoText(int number) { return std::generic_category().message(number); }

}  // namespace contacts
