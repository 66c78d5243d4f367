#include "infra/base/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <sstream>
#include <stdexcept>

#include "events/values/hash.h"
#include "infra/base/errno_text.h"
#include "infra/base/random.h"
#include "infra/base/text_file.h"
#include "infra/base/user_name.h"
#include "infra/base/wipe.h"

namespace contacts {
namespace {

Error FileFault(const std::string& what, const std::string& path) {
  return {ErrorCode::kUnavailable, what + " " + path + ": " + ErrnoText(errno)};
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

// RFC 7518, 3.2: a secret is as long as the hash that uses it.
constexpr size_t kLeastSecret = 32;

// Says what a line that is taken as a secret looks like; empty: like a secret.
std::string DoubtOf(const std::string& line) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  if (line[0] == '#' || line[0] == ';' || line.starts_with("//")) {
    return "the line looks like a comment, and is a secret";
  }
  if (is_blank(line.front()) || is_blank(line.back())) {
    return "white space at an end of the line is part of the secret";
  }
  const size_t equals = line.find('=');
  const bool is_key = equals != std::string::npos && equals > 0 && equals + 1 < line.size() &&
                      line[equals + 1] != '=' &&  // otherwise the end of Base64
                      line.find_first_not_of(
                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                          "0123456789_-. ") == equals;
  return is_key ? "the line looks like key=value, and is a secret as a whole" : "";
}

}  // namespace

std::string NewSecret() { return RandomHex(32); }

Result<std::vector<std::string>> ReadSecrets(const std::string& path, uid_t user) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) return FileFault("Cannot read the secrets in", path);
  if (status.st_uid != user && status.st_uid != 0) {
    return Error{ErrorCode::kUnavailable,
                 "The file of secrets " + path + " belongs to " + UserName(status.st_uid) +
                     ", who can put other secrets there: it must belong to root or to " +
                     UserName(user) + ", the user of the server."};
  }
  if ((status.st_mode & S_IWOTH) != 0) {
    return Error{ErrorCode::kUnavailable,
                 "The file of secrets " + path + " can be written by all users; use mode 0600."};
  }
  auto text = ReadTextFile(path);
  if (!text.ok()) return Error{ErrorCode::kUnavailable, text.error().message + "."};
  std::vector<std::string> secrets;
  for (size_t begin = 0; begin < text->size();) {
    const size_t end = std::min(text->find('\n', begin), text->size());
    std::string_view line = std::string_view(*text).substr(begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) secrets.emplace_back(line);
    begin = end + 1;
  }
  Wipe(&*text);
  if (secrets.empty()) {
    return Error{ErrorCode::kUnavailable, "There is no secret in " + path + "; write one a line."};
  }
  return secrets;
}

std::vector<SecretDoubt> DoubtsOfSecrets(const std::string& path) {
  std::vector<SecretDoubt> doubts;
  struct stat status = {};
  if (stat(path.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    doubts.push_back(
        {0, "users other than its owner can open the file of secrets", "Use mode 0600."});
  }
  const auto text = ReadTextFile(path);
  if (!text.ok()) return doubts;
  std::istringstream lines(*text);
  int number = 0;
  int blank = 0;  // the first empty line after the last secret
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) {
      if (blank == 0) blank = number;
      continue;
    }
    if (blank > 0) {
      doubts.push_back({blank, "an empty line stands before or between secrets", "Remove it."});
    }
    blank = 0;
    if (std::string why = DoubtOf(line); !why.empty()) {
      doubts.push_back({number, why, "Every line that is not empty is a secret: write one alone."});
    } else if (line.size() < kLeastSecret) {
      doubts.push_back(
          {number,
           "the secret has " + std::to_string(line.size()) + " bytes, so that it may be guessed",
           "Put one of 32 bytes or more before it, for example from openssl rand -hex 32, and "
           "remove it when the sessions that it signed are over."});
    }
  }
  return doubts;
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
