// The operation `restore`: no server runs, and nobody else uses the directory.
#pragma once

#include <memory>
#include <string>

#include "infra/cli/command_line.h"
#include "infra/node/data_directory.h"

namespace contacts::cli {

// Says on stderr why an operation failed; returns 1, the exit code.
int Fail(const std::string& message);

// Like RunOperation (run_operation.h).
int RunRestore(const CommandLine& line, std::unique_ptr<DataDirectory> directory);

}  // namespace contacts::cli
