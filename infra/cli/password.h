// What is asked for at the terminal. Passwords come from stdin, never from the command line, where
// others could see them.
#pragma once

#include <string>

#include "events/values/result.h"

namespace contacts::cli {

// The first line of stdin; on a terminal asked for twice, without echo. kBadRequest: there is none,
// the two differ, or it is not UTF-8. A signal that ends or stops the process finds the terminal as
// it was; one that goes on is asked again.
Result<std::string> ReadPassword();

// Asks a question that is answered by y or n. False: no, an end of file, or nobody to ask, because
// stdin or stderr is not a terminal.
bool SaysYes(const std::string& question);

}  // namespace contacts::cli
