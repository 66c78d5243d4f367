#include "infra/node/own_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "infra/base/errno_text.h"
#include "infra/base/log.h"
#include "infra/base/private_process.h"
#include "infra/base/user_name.h"

namespace contacts {
namespace {

constexpr std::string_view kNames[] = {"lock",           "log",      "views",        "local",
                                       "session-secret", "ops.json", "demo.cookies", "restore",
                                       "epoch"};

// True for "log" and also for "log.old".
bool IsOurs(std::string_view name) {
  for (const std::string_view ours : kNames) {
    if (name.substr(0, ours.size()) != ours) continue;
    if (name.size() == ours.size() || name[ours.size()] == '.') return true;
  }
  return false;
}

class Opened {
 public:
  explicit Opened(int fd) : fd_(fd) {}
  ~Opened() {
    if (fd_ >= 0) close(fd_);
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

// Reads all names first, so that changes to the entries do not disturb the reading.
std::vector<std::string> NamesIn(int folder) {
  std::vector<std::string> names;
  const int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (again < 0) return names;
  const std::unique_ptr<DIR, CloseFolder> stream(fdopendir(again));
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread has this stream
  while (const dirent* entry = stream ? readdir(stream.get()) : nullptr) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  return names;
}

// Called with the folder that holds the entry, the entry's name and its status; false ends the
// walk.
using Visit = std::function<bool(int folder, const std::string& path, const char* name,
                                 const struct stat& status)>;

// Visits a folder before its entries. Links are not followed: the operator answers for their
// targets.
bool Walk(int folder, const std::string& path, const std::vector<std::string>& names,
          const Visit& visit) {
  for (const std::string& name : names) {
    struct stat status = {};
    if (fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;  // gone again
    if (!visit(folder, path, name.c_str(), status)) return false;
    if (!S_ISDIR(status.st_mode)) continue;
    const Opened inner(
        openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (inner.fd() < 0) continue;
    if (!Walk(inner.fd(), path + "/" + name, NamesIn(inner.fd()), visit)) return false;
  }
  return true;
}

bool WalkOurs(int folder, const std::string& path, const Visit& visit) {
  std::vector<std::string> ours;
  for (std::string& name : NamesIn(folder)) {
    if (IsOurs(name)) ours.push_back(std::move(name));
  }
  return Walk(folder, path, ours, visit);
}

// The owner may swap a name for a link while root looks at it, so root acts on the file that it
// opened. A file with a second name is not given away, because that name may stand anywhere.
void GiveRootsFilesTo(const struct stat& owner, int folder, const std::string& path) {
  WalkOurs(folder, path, [&](int inner, const std::string&, const char* name, const auto&) {
    const Opened file(openat(inner, name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat status = {};
    if (file.fd() < 0 || fstat(file.fd(), &status) != 0 || status.st_uid != 0) return true;
    if (!S_ISDIR(status.st_mode) && (!S_ISREG(status.st_mode) || status.st_nlink != 1)) return true;
    if (fchownat(file.fd(), "", owner.st_uid, owner.st_gid, AT_EMPTY_PATH) != 0) {
      log::Warn("a file cannot be given to the owner of the directory", {{"file", name}});
    }
    return true;
  });
}

bool Become(const struct stat& owner) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): a check that hangs in a thread uses getpwuid_r
  const passwd* user = getpwuid(owner.st_uid);
  const gid_t group = user != nullptr ? user->pw_gid : owner.st_gid;
  const int groups = user != nullptr ? initgroups(user->pw_name, group) : setgroups(0, nullptr);
  return groups == 0 && setresgid(group, group, group) == 0 &&
         setresuid(owner.st_uid, owner.st_uid, owner.st_uid) == 0;
}

}  // namespace

Result<bool> WorkAsOwnerOf(const std::string& directory) {
  if (geteuid() != 0) return true;
  const Opened folder(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat owner = {};
  if (folder.fd() < 0 || fstat(folder.fd(), &owner) != 0 || owner.st_uid == 0) return true;
  GiveRootsFilesTo(owner, folder.fd(), directory);
  const std::string user = UserName(owner.st_uid);
  if (!Become(owner)) {
    return Error{ErrorCode::kUnavailable,
                 "The directory " + directory + " belongs to " + user +
                     ", and root cannot work as that user here: " + ErrnoText(errno) + "."};
  }
  KeepPrivate();  // the kernel may have allowed core dumps again
  log::Info("root works as the owner of the directory", {{"directory", directory}, {"user", user}});
  return true;
}

Result<bool> CloseToOthers(int folder, const std::string& path) {
  std::string fault;
  WalkOurs(folder, path,
           [&fault](int inner, const std::string& where, const char* name, const auto& status) {
             const mode_t others = status.st_mode & (S_IRWXG | S_IRWXO);
             const bool link = S_ISLNK(status.st_mode);
             if (link && status.st_uid == 0) return true;
             if (status.st_uid != geteuid()) {
               fault = where + "/" + name + " belongs to " + UserName(status.st_uid);
             } else if (others != 0 && !link) {
               fchmodat(inner, name, (status.st_mode & 07777) & ~others, 0);
             }
             return fault.empty();
           });
  if (fault.empty()) return true;
  return Error{ErrorCode::kUnavailable,
               fault + ", and this process runs as " + UserName(geteuid()) +
                   ". Run any command of contacts on the directory as root: it gives root's files "
                   "there to the owner of the directory; for other files use chown."};
}

std::string ParentOpenToAll(const std::string& directory) {
  const std::string parent = std::filesystem::path(directory).parent_path().string();
  struct stat status = {};
  if (stat(parent.c_str(), &status) != 0) return "";
  const bool open = (status.st_mode & S_IWOTH) != 0 && (status.st_mode & S_ISVTX) == 0;
  return open ? parent : "";
}

OwnFiles LookAtOwnFiles(const std::string& path, uid_t user) {
  constexpr size_t kMost = 5;
  OwnFiles files;
  const Opened folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.fd() < 0) return files;
  WalkOurs(
      folder.fd(), path,
      [&](int, const std::string& where, const char* name, const struct stat& status) {
        const bool link = S_ISLNK(status.st_mode);
        if (link && status.st_uid == 0) return true;
        const bool given = geteuid() == 0 && status.st_uid == 0 && !link &&
                           (S_ISDIR(status.st_mode) || status.st_nlink == 1);
        if (status.st_uid != user && !given) {
          files.foreign.push_back(where + "/" + name + " belongs to " + UserName(status.st_uid));
        }
        files.open = files.open || (!link && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0);
        return files.foreign.size() < kMost;
      });
  return files;
}

}  // namespace contacts
