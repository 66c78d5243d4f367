#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "infra/base/disk_space.h"
#include "infra/base/errno_text.h"
#include "infra/base/user_name.h"
#include "infra/check/parts.h"
#include "infra/node/data_directory.h"
#include "infra/node/own_files.h"

namespace contacts::check {
namespace {

using Weight = Finding::Weight;
namespace fs = std::filesystem;

// A start with less room ends before it serves.
constexpr uint64_t kLeastRoom = 1 << 20;
// The stores' files grow to this size.
constexpr rlim_t kLeastFile = 256 << 20;

Finding OfData(Weight weight, std::string what, std::string todo) {
  return {"data", weight, std::move(what), std::move(todo)};
}

// The directory in which a missing one would be made.
std::string AncestorOf(std::string path) {
  struct stat status = {};
  while (path.size() > 1 && lstat(path.c_str(), &status) != 0) {
    path = fs::path(path).parent_path().string();
  }
  return path;
}

Findings LookAtMissing(const std::string& path) {
  const std::string in = AncestorOf(path);
  struct stat status = {};
  int cause = stat(in.c_str(), &status) != 0 ? errno : 0;
  if (cause == 0 && !S_ISDIR(status.st_mode)) cause = ENOTDIR;
  if (cause == 0 && faccessat(AT_FDCWD, in.c_str(), W_OK | X_OK, AT_EACCESS) != 0) cause = errno;
  if (cause == 0) {
    return {OfData(Weight::kNote, "there is no directory " + path + " yet",
                   "The first start makes it.")};
  }
  return {
      OfData(Weight::kFault, "Cannot make the directory " + path + ": " + ErrnoText(cause),
             "Name another with --data, or make it and give it to " + UserName(geteuid()) + ".")};
}

void LookAtParent(const std::string& path, Findings* findings) {
  const std::string parent = ParentOpenToAll(path);
  if (parent.empty()) return;
  findings->push_back(OfData(Weight::kWarning,
                             "every user of the machine can replace the directory: its parent " +
                                 parent + " is open to all",
                             "chmod o-w " + parent));
}

void LookAtFiles(const std::string& path, const struct stat& status, Findings* findings) {
  const OwnFiles files = LookAtOwnFiles(path, UserOn(path));
  for (const std::string& foreign : files.foreign) {
    findings->push_back(
        OfData(Weight::kFault, foreign + ", and the server runs as " + UserName(UserOn(path)),
               "Run any command of contacts on the directory as root: it gives root's files there "
               "to the owner of the directory; for other files use chown."));
  }
  if (files.open || (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    findings->push_back(OfData(Weight::kWarning,
                               "users other than the owner can open " + path + " or files in it",
                               "The next start takes their rights away."));
  }
}

// Names the process that uses the directory already: a start would not get it.
void NoteServer(const std::string& path, bool start, Findings* findings) {
  const auto server = ServerOn(path);
  if (!server) return;
  const std::string process = "process (pid " + std::to_string(*server) + ") is using " + path;
  findings->push_back(start ? OfData(Weight::kFault, "Another contacts " + process,
                                     "Stop it, or name another directory with --data.")
                            : OfData(Weight::kNote, "a contacts " + process, ""));
}

}  // namespace

unsigned UserOn(const std::string& data) {
  struct stat status = {};
  if (geteuid() != 0 || stat(data.c_str(), &status) != 0) return geteuid();
  return status.st_uid;
}

// Reads /proc/locks, because trying the lock would take it from a server that starts at this
// moment. Files of other disks have the same inodes, and the devices in /proc/locks are not those
// of stat() on each file system; but the lock file names its holder.
std::optional<int> ServerOn(const std::string& data) {
  struct stat status = {};
  if (stat((data + "/lock").c_str(), &status) != 0) return std::nullopt;
  const auto named = PidOfHolder(data);
  if (!named) return std::nullopt;
  const std::string inode = ":" + std::to_string(status.st_ino);
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number, kind, advisory, mode, where;
    int holder = 0;
    words >> number >> kind >> advisory >> mode >> holder >> where;
    if (kind == "FLOCK" && where.ends_with(inode) && holder == *named) return holder;
  }
  return std::nullopt;
}

Findings LookAtDirectory(const Subject& subject) {
  const std::string path = AbsolutePath(subject.config.data);
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0 && (errno == ENOENT || errno == ENOTDIR)) {
    return LookAtMissing(path);
  }
  const int cause = status.st_ino == 0 ? errno : S_ISDIR(status.st_mode) ? 0 : ENOTDIR;
  if (cause != 0) {
    return {OfData(Weight::kFault, "Cannot open the directory " + path + ": " + ErrnoText(cause),
                   "Name a directory with --data.")};
  }
  if (status.st_uid != UserOn(path)) {
    return {OfData(Weight::kFault,
                   "The directory " + path + " belongs to " + UserName(status.st_uid) +
                       ", and this process runs as " + UserName(geteuid()),
                   "Run it as the owner, or name a directory of its own, for example " + path +
                       "/contacts, which is made when it is missing.")};
  }
  Findings findings;
  struct statvfs system = {};
  if (statvfs(path.c_str(), &system) == 0 && (system.f_flag & ST_RDONLY) != 0) {
    findings.push_back(OfData(Weight::kFault, "the file system of " + path + " is read-only",
                              "Mount it for writing, or name another directory with --data."));
  } else if ((status.st_mode & S_IRWXU) != S_IRWXU) {
    findings.push_back(OfData(Weight::kFault, "the owner of " + path + " may not use all of it",
                              "chmod u+rwx " + path));
  }
  const bool start = subject.asked_for == Subject::For::kStart;
  LookAtFiles(path, status, &findings);
  LookAtParent(path, &findings);
  // Opening the directory takes other users' rights away, and warns of those that it cannot take.
  if (start) std::erase_if(findings, [](const Finding& one) { return !one.is_fault(); });
  NoteServer(path, start, &findings);
  return findings;
}

Findings LookAtDisks(const Subject& subject) {
  const std::string data = AbsolutePath(subject.config.data);
  Findings findings;
  rlimit largest{};
  if (getrlimit(RLIMIT_FSIZE, &largest) == 0 && largest.rlim_cur < kLeastFile) {
    findings.push_back(
        {"disk", Weight::kPassing,
         "files of this process may have " + std::to_string(largest.rlim_cur) + " bytes at most",
         "Raise the limit (ulimit -f, LimitFSIZE=)."});
  }
  std::set<dev_t> looked;
  const bool start = subject.asked_for == Subject::For::kStart;
  for (const char* name : {"", "/log", "/views", "/local"}) {
    const std::string path = AncestorOf(data + name);
    struct stat status = {};
    if (stat(path.c_str(), &status) != 0 || !looked.insert(status.st_dev).second) continue;
    const auto add = [&](Weight weight, const std::string& what) {
      findings.push_back({"disk", weight, what, "Make room on it."});
    };
    const auto space = DiskSpaceAt(path);
    struct statvfs system = {};
    const bool has_nodes =
        statvfs(path.c_str(), &system) != 0 || system.f_files == 0 || system.f_favail > 0;
    if (!has_nodes) {
      add(Weight::kPassing, "the disk of " + path + " has no room for another file");
    } else if (space && space->free < kLeastRoom) {
      add(Weight::kPassing, "the disk of " + path + " is full" + Shown(space));
    } else if (!start && space && IsLow(*space)) {  // the server's check `disk` warns of it
      add(Weight::kWarning, "the disk of " + path + " is nearly full" + Shown(space));
    }
  }
  return findings;
}

}  // namespace contacts::check
