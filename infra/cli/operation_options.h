// The verbs of the command line that are operations, made from their table.
#pragma once

#include "infra/cli/command_line.h"
#include "infra/cli/settings.h"
#include "infra/ops/operation.h"

namespace contacts::cli {

// Adds each operation as a verb, with its arguments and the settings of all verbs; a verb that is
// typed fills `line`. All three must outlive the parsing.
void AddOperations(CLI::App* app, SettingOptions* settings, CommandLine* line);

// How many words a verb has that begins with `first`: 2 for a verb of a group.
size_t WordsOfVerb(const std::string& first);

}  // namespace contacts::cli
