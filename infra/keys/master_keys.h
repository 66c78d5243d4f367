// The file of master keys, with which the values of the secret store are wrapped
// (events/seal/wrapping.h): 32 random bytes in hex, one key a line; the first one wraps, all
// unwrap.
#pragma once

#include <unistd.h>

#include <string>

#include "events/seal/wrapping.h"
#include "events/values/result.h"

namespace contacts {

struct MasterKeyFile {
  std::string path;  // empty: no file is named, and nothing is wrapped
  seal::MasterKeys keys;
};

// An empty path: no keys. The errors of ReadSecrets (infra/base/secret_file.h), or that a secret of
// the file is no key; no error holds any of the file's text.
Result<MasterKeyFile> ReadMasterKeys(const std::string& path, uid_t user = geteuid());

}  // namespace contacts
