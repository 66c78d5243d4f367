// Questions at the terminal. Passwords come from stdin, never from the command line, where others
// could see them.
#pragma once

#include <string>

#include "events/values/result.h"

namespace contacts::cli {

// The first line of stdin; at a terminal asked for twice, without echo. kBadRequest: it is empty,
// the two differ, or it is not UTF-8. A signal that ends or stops the process finds the terminal as
// it was; a process that goes on asks again.
Result<std::string> ReadPassword();

// Asks a question that is answered by y or n. False: no, an end of file, or no person to ask,
// because stdin or stderr is not a terminal.
bool SaysYes(const std::string& question);

}  // namespace contacts::cli
