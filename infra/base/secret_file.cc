#include "infra/base/secret_file.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "events/values/hash.h"
#include "events/values/utf8.h"
#include "infra/base/log.h"
#include "infra/base/user_name.h"

namespace contacts {
namespace {

Error FileFault(const std::string& what, const std::string& path) {
  return {ErrorCode::kUnavailable,
          what + " " + path + ": " + std::generic_category().message(errno)};
}

class File {
 public:
  File(const std::string& path, int flags) : fd_(open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  bool ok() const { return fd_ >= 0; }
  bool Write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = write(fd_, text.data(), text.size());
      if (written < 0) return false;
      text.remove_prefix(static_cast<size_t>(written));
    }
    return fsync(fd_) == 0;
  }
  bool Sync() { return fsync(fd_) == 0; }

 private:
  const int fd_;
};

}  // namespace

std::string NewSecret() {
  unsigned char random[32];
  if (RAND_bytes(random, sizeof random) != 1) throw std::runtime_error("no random bytes");
  return ToHex(std::string_view(reinterpret_cast<const char*>(random), sizeof random));
}

Result<std::vector<std::string>> ReadSecrets(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) return FileFault("Cannot read the secrets in", path);
  if (status.st_uid != geteuid() && status.st_uid != 0) {
    return Error{ErrorCode::kUnavailable,
                 "The file of secrets " + path + " belongs to " + UserName(status.st_uid) +
                     ", who can put others there: it must be root's or of " + UserName(geteuid()) +
                     ", as which this process runs."};
  }
  if ((status.st_mode & S_IWOTH) != 0) {
    return Error{ErrorCode::kUnavailable,
                 "The file of secrets " + path + " is one that others can write; use mode 0600."};
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    log::Warn("others than its owner can open the file of secrets; use mode 0600",
              {{"file", path}});
  }
  std::ifstream file(path);
  std::vector<std::string> secrets;
  for (std::string line; std::getline(file, line);) {
    if (secrets.empty() && line.starts_with(kByteOrderMark)) {
      return Error{ErrorCode::kUnavailable, path + " " + kHasByteOrderMark + "."};
    }
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) secrets.push_back(line);
  }
  if (file.bad() || secrets.empty()) {
    return Error{ErrorCode::kUnavailable, "There is no secret in " + path + "; write one a line."};
  }
  return secrets;
}

Result<std::vector<std::string>> ReadOrMakeSecrets(const std::string& path) {
  if (!std::filesystem::exists(path)) {
    const auto written = WriteSecretFile(path, NewSecret() + "\n");
    if (!written.ok()) return written.error();
  }
  return ReadSecrets(path);
}

Result<bool> WriteSecretFile(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  unlink(fresh.c_str());
  {
    File file(fresh, O_WRONLY | O_CREAT | O_EXCL);
    if (!file.ok() || !file.Write(text)) return FileFault("Cannot write", fresh);
  }
  if (rename(fresh.c_str(), path.c_str()) != 0) return FileFault("Cannot write", path);
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  File folder(parent.empty() ? "." : parent.string(), O_RDONLY | O_DIRECTORY);
  if (!folder.ok() || !folder.Sync()) return FileFault("Cannot write", path);
  return true;
}

}  // namespace contacts
