// Files that people write: a file that is not text is an error, and is not read.
#pragma once

#include <string>

#include "events/values/result.h"

namespace contacts {

// All of a file of at most 1 MB, or of a pipe that ends within two seconds. The error names the
// file: it is missing, larger, a directory, unreadable, UTF-16, or begins with a byte order mark.
// Bytes are not checked further.
Result<std::string> ReadTextFile(const std::string& path);

}  // namespace contacts
