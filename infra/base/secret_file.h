// Small secret files: readable by their owner alone.
#pragma once

#include <unistd.h>

#include <string>
#include <vector>

#include "events/values/result.h"

namespace contacts {

// The secrets of a file, one a line, empty lines left out. Errors name the file: it is missing, not
// a text file, or holds no secret; it belongs to a user that is neither `user` nor root, or all
// users can write it.
Result<std::vector<std::string>> ReadSecrets(const std::string& path, uid_t user = geteuid());

// Something that is accepted but hardly intended: a secret of less than 32 bytes, a line that looks
// like a comment or like key=value, a line with white space around it, an empty line between
// secrets, a file that other users can open. The texts quote nothing of the file.
struct SecretDoubt {
  int line = 0;  // 0: the whole file
  std::string what;
  std::string todo;
};
std::vector<SecretDoubt> DoubtsOfSecrets(const std::string& path);

// Like ReadSecrets, but a missing file is made with one random secret, mode 0600, durably.
Result<std::vector<std::string>> ReadOrMakeSecrets(const std::string& path);

// 32 random bytes in hex.
std::string NewSecret();

// Replaces or makes `path` with mode 0600, in one step and durably.
Result<bool> WriteSecretFile(const std::string& path, const std::string& text);

}  // namespace contacts
