// Small secret files: readable by their owner alone.
#pragma once

#include <string>
#include <vector>

#include "events/values/result.h"

namespace contacts {

// The secrets of a file, one a line, empty lines left out. Errors name the file: it is missing,
// holds none or begins with a byte order mark; it belongs to a user that is neither this one nor
// root, or all users can write it. Other rights of others make a log line only.
Result<std::vector<std::string>> ReadSecrets(const std::string& path);

// As ReadSecrets, but a missing file is made with one random secret, mode 0600, durably.
Result<std::vector<std::string>> ReadOrMakeSecrets(const std::string& path);

// 32 random bytes in hex.
std::string NewSecret();

// Replaces or makes `path` with mode 0600, in one step and durably.
Result<bool> WriteSecretFile(const std::string& path, const std::string& text);

}  // namespace contacts
