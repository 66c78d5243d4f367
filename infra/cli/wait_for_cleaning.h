// `contacts erase --wait`: waits until the bytes of erased people are gone from this instance.
#pragma once

#include "infra/cli/asked.h"
#include "infra/cli/command_line.h"

namespace contacts::cli {

// Blocks, with Kafka for hours. The error: the server cannot be asked any more; what is left of the
// cleaning is then done by it, or by its next start. The answer is for stdout.
Result<std::string> WaitForCleaning(const CommandLine& line, Asked& asked);

}  // namespace contacts::cli
