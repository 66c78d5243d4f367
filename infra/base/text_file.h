// Files that people write: what is no text is said so, and not read as one.
#pragma once

#include <string>

#include "events/values/result.h"

namespace contacts {

// All of a file of at most 1 MB, or of a pipe that ends within two seconds. The error names it: it
// is missing, larger, a directory, not to be read, UTF-16, or begins with a byte order mark. Bytes
// are not checked further.
Result<std::string> ReadTextFile(const std::string& path);

}  // namespace contacts
