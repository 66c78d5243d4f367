// The published description of the event stream, as this build writes it.
#pragma once

#include <string>

namespace contacts::cli {

// Writes DIRECTORY/asyncapi.yaml and DIRECTORY/schemas/NAME.json; schemas of older versions that
// are there stay. Names each file on stdout. The exit code: 0 done, 1 failed.
int WriteSchemas(const std::string& directory);

}  // namespace contacts::cli
