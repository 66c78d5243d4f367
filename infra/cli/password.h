// Passwords come from stdin, never from the command line, where others could see them.
#pragma once

#include <string>

#include "events/values/result.h"

namespace contacts::cli {

// The first line of stdin; on a terminal asked for twice, without echo. kBadRequest: there is none,
// the two differ, or it is not UTF-8.
Result<std::string> ReadPassword();

}  // namespace contacts::cli
