// `contacts check`, and the checks that `contacts serve` begins with.
#pragma once

#include "infra/cli/command_line.h"

namespace contacts::cli {

// Prints all findings on stdout, ends with a summary, and ends the process, because a part that
// hangs may still be asked. The exit code: 1 with a fault.
int RunCheck(const CommandLine& line);

// Logs what is wrong. False: a fault would end this start, and the next one, too.
bool MayStart(const CommandLine& line);

// To be called last after MayStart: ends the process with the exit code while a part that hangs is
// still asked; otherwise returns the exit code.
int LeaveWhatHangs(int exit_code);

}  // namespace contacts::cli
