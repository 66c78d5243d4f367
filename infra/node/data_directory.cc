#include "infra/node/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

#include "events/json/json_archive.h"
#include "infra/base/errno_text.h"
#include "infra/base/log.h"
#include "infra/base/secret_file.h"
#include "infra/base/user_name.h"
#include "infra/node/own_files.h"

namespace contacts {
namespace {

constexpr const char* kOpsFile = "ops.json";
constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

Error Failure(const std::string& what, int cause) {
  return {ErrorCode::kUnavailable, what + ": " + ErrnoText(cause) + "."};
}

// `folder` is the open directory `path`.
Result<bool> MakePrivate(int folder, const std::string& path) {
  struct stat status = {};
  if (fstat(folder, &status) != 0) return Failure("Cannot look at the directory " + path, errno);
  if (status.st_uid != geteuid()) {
    return Error{ErrorCode::kUnavailable,
                 "The directory " + path + " belongs to " + UserName(status.st_uid) +
                     ", and this process runs as " + UserName(geteuid()) +
                     ". Run it as the owner, or name a directory of its own, for example " + path +
                     "/contacts, which is made when it is missing."};
  }
  if ((status.st_mode & kOthers) != 0) {
    fchmod(folder, status.st_mode & 07777 & ~kOthers);
    if (fstat(folder, &status) == 0 && (status.st_mode & kOthers) == 0) {
      log::Info("other users could open the directory; only its owner can now",
                {{"directory", path}});
    } else {
      log::Warn(
          "other users can open the directory, and its file system does not let us change that",
          {{"directory", path}});
    }
  }
  if (const std::string parent = ParentOpenToAll(path); !parent.empty()) {
    log::Warn("every user of the machine can replace the directory: its parent is open to all",
              {{"parent", parent}});
  }
  return CloseToOthers(folder, path);
}

// Other users can open the directory, and have files in it: closing it, for example /tmp, would
// take these from them.
bool IsOfOthers(const std::string& path) {
  std::error_code fault;
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0 || (status.st_mode & kOthers) == 0) return false;
  for (const char* ours : {"lock", "log", "views", "local", "session-secret", kOpsFile}) {
    if (std::filesystem::exists(path + "/" + ours, fault)) return false;
  }
  // A new file system has entries of its own.
  std::filesystem::directory_iterator entries(path, fault);
  return !fault && std::any_of(begin(entries), end(entries), [](const auto& entry) {
    const std::string name = entry.path().filename();
    return name[0] != '.' && name != "lost+found";
  });
}

std::string FirstLineOf(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// One write, so that no reader sees half of it. A full disk may have no room for it: then the file
// is empty, because an operation that only reads must still work; a server fails later, when it
// writes ops.json.
void WriteHolder(int lock, const std::string& holder) {
  const std::string line = holder + "\n";
  const bool written =
      pwrite(lock, line.data(), line.size(), 0) == static_cast<ssize_t>(line.size());
  if (ftruncate(lock, written ? static_cast<off_t>(line.size()) : 0) != 0) {
    log::Warn("the holder of the lock cannot be noted", {{"cause", ErrnoText(errno)}});
  }
}

}  // namespace

std::string AbsolutePath(const std::string& path) {
  std::error_code fault;
  std::string text = std::filesystem::absolute(path, fault).lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

Result<std::unique_ptr<DataDirectory>> DataDirectory::Open(const std::string& path) {
  std::error_code fault;
  const std::string absolute = AbsolutePath(path);
  if (!std::filesystem::exists(absolute, fault)) {
    std::filesystem::create_directories(std::filesystem::path(absolute).parent_path(), fault);
    if (fault) return Failure("Cannot make the directory " + absolute, fault.value());
    if (mkdir(absolute.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
      return Failure("Cannot make the directory " + absolute, errno);
    }
  }
  if (IsOfOthers(absolute)) {
    return Error{
        ErrorCode::kUnavailable,
        "The directory " + absolute +
            " holds files, none of them of contacts, and other users can open it: name one "
            "of its own, for example " +
            absolute + "/contacts, which is made when it is missing."};
  }
  const int folder = open(absolute.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return Failure("Cannot open the directory " + absolute, errno);
  const auto made_private = MakePrivate(folder, absolute);
  close(folder);
  if (!made_private.ok()) return made_private.error();
  const std::string lock_path = absolute + "/lock";
  const int lock = open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return Failure("Cannot write in the directory " + absolute, errno);
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const int cause = errno;
    close(lock);
    if (cause != EWOULDBLOCK) return Failure("Cannot lock " + lock_path, cause);
    return Error{ErrorCode::kConflict,
                 "Another contacts process" + HolderOf(absolute) + " is using " + absolute + "."};
  }
  auto directory = std::unique_ptr<DataDirectory>(
      new DataDirectory(absolute, lock, std::to_string(getpid()) + " " + NewSecret()));
  // A killed server left ops.json, and another program may listen on its port by now.
  unlink(directory->PathOf(kOpsFile).c_str());
  WriteHolder(lock, directory->holder_);
  return directory;
}

DataDirectory::~DataDirectory() { close(lock_); }

bool DataDirectory::IsThere() const {
  struct stat held = {};
  struct stat named = {};
  if (fstat(lock_, &held) != 0 || stat(PathOf("lock").c_str(), &named) != 0) return false;
  return held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

std::optional<int> PidOfHolder(const std::string& directory) {
  const std::string holder = FirstLineOf(directory + "/lock");
  int pid = 0;
  const auto [end, fault] = std::from_chars(holder.data(), holder.data() + holder.size(), pid);
  return fault == std::errc() && pid > 0 ? std::optional(pid) : std::nullopt;
}

std::string HolderOf(const std::string& directory) {
  const auto pid = PidOfHolder(directory);
  return pid ? " (pid " + std::to_string(*pid) + ")" : "";
}

Result<bool> WriteOpsAddress(const DataDirectory& directory, OpsAddress address) {
  address.holder = directory.holder();
  return WriteSecretFile(directory.PathOf(kOpsFile), ToJson(address) + "\n");
}

std::optional<OpsAddress> ReadOpsAddress(const std::string& directory) {
  std::ifstream file(directory + "/" + kOpsFile);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto document = json::Document::Parse(text);
  if (!document.ok()) return std::nullopt;
  OpsAddress address;
  Faults faults;
  if (!FromJson(*document, document->root(), Reading::kRecord, &address, &faults)) {
    return std::nullopt;
  }
  if (address.holder.empty() || address.holder != FirstLineOf(directory + "/lock")) {
    return std::nullopt;
  }
  return address;
}

}  // namespace contacts
