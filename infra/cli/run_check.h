// `contacts check`, and what `contacts serve` looks at first.
#pragma once

#include "infra/cli/command_line.h"

namespace contacts::cli {

// Prints all findings on stdout and ends with a summary; the exit code: 1 with a fault. To be the
// last that the process does: a part that hangs may be asked still.
int RunCheck(const CommandLine& line);

// Says in the log what is wrong. False: the start would end for that, and a restart would, too.
bool MayStart(const CommandLine& line);

// To be the last that the process does after MayStart, with its exit code: what hangs is not waited
// for.
int LeaveWhatHangs(int exit_code);

}  // namespace contacts::cli
