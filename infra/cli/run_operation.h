// Runs an operation: through the server that uses the directory, or on the directory itself.
#pragma once

#include "infra/cli/command_line.h"

namespace contacts::cli {

// Results go to stdout, everything else to stderr. The exit code: 0 done, 1 failed.
int RunOperation(CommandLine line);

}  // namespace contacts::cli
