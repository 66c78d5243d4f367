#include "infra/keys/master_keys.h"

#include <optional>
#include <utility>
#include <vector>

#include "infra/base/secret_file.h"
#include "infra/base/wipe.h"

namespace contacts {

Result<MasterKeyFile> ReadMasterKeys(const std::string& path, uid_t user) {
  if (path.empty()) return MasterKeyFile{};
  auto lines = ReadSecrets(path, user);
  if (!lines.ok()) {
    return Error{lines.error().code,
                 "The master keys of --master-key-file cannot be used: " + lines.error().message};
  }
  std::vector<seal::Seed> keys;
  keys.reserve(lines->size());
  size_t wrong = 0;
  for (size_t i = 0; i < lines->size(); ++i) {
    const auto key = seal::MasterKeyFrom((*lines)[i]);
    if (key) keys.push_back(*key);
    if (!key && wrong == 0) wrong = i + 1;
    Wipe(&(*lines)[i]);
  }
  if (wrong > 0) {
    return Error{ErrorCode::kUnavailable,
                 "Key " + std::to_string(wrong) + " in " + path +
                     " (--master-key-file) is not 64 hexadecimal digits: write 32 random bytes in "
                     "hex, one key a line, for example from openssl rand -hex 32."};
  }
  return MasterKeyFile{path, seal::MasterKeys(std::move(keys))};
}

}  // namespace contacts
