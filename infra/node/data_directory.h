// The directory of one instance, used by one process at a time, and its owner's alone.
//
//   lock            held while a process uses the directory; holds "<pid> <64 random hex digits>",
//                   new each time it is taken
//   log/            the embedded log: the truth
//   views/          read models; may be thrown away, the next start makes them anew
//   local/          sessions and password hashes of this machine
//   session-secret  signs the cookie, unless --session-secret-file names another
//   ops.json        the address for operations of the running server, its token, and what `lock`
//                   holds; gone when another process opens the directory
//   restore.new, restore.ready, epoch, *.before-epoch-N
//                   of `contacts restore` (restore.h)
//   demo.cookies    the session of the curl lines that a demonstration prints
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "events/values/field.h"
#include "events/values/result.h"

namespace contacts {

// The path as it is shown: absolute, without a slash at its end.
std::string AbsolutePath(const std::string& path);

class DataDirectory {
 public:
  // Makes the directory when it is missing, and takes the rights of other users away, also on files
  // of earlier builds. kConflict: another process uses it; kUnavailable: it cannot be made or
  // written, or it, or a file of ours in it, belongs to another user; the message says which and
  // why.
  static Result<std::unique_ptr<DataDirectory>> Open(const std::string& path);
  ~DataDirectory();

  const std::string& path() const { return path_; }  // absolute
  // The absolute path of an entry in the directory.
  std::string PathOf(const std::string& name) const { return path_ + "/" + name; }
  // False: the directory was removed or renamed.
  bool IsThere() const;
  // Tells this holder of the lock from any other: the content of the file `lock`.
  const std::string& holder() const { return holder_; }

 private:
  DataDirectory(std::string path, int lock, std::string holder)
      : path_(std::move(path)), lock_(lock), holder_(std::move(holder)) {}
  const std::string path_;
  const int lock_;
  const std::string holder_;
};

// The address at which a running server takes operations.
struct OpsAddress {
  std::string address;  // host:port
  std::string token;
  std::string holder = {};        // the content of `lock` when this was written
  Maybe<std::string> front = {};  // host:port of the API; earlier builds left it out

  bool operator==(const OpsAddress&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("address", address), Field("token", token), Field("holder", holder),
       Field("front", front));
  }
};

// The process that took the lock last; it may have ended. nullopt: none took it, or its id could
// not be written.
std::optional<int> PidOfHolder(const std::string& directory);
// That process as " (pid 17)"; "" when it is unknown.
std::string HolderOf(const std::string& directory);

Result<bool> WriteOpsAddress(const DataDirectory& directory, OpsAddress address);
// nullopt: no server wrote an address, or it cannot be read, or the process that has the lock did
// not write it.
std::optional<OpsAddress> ReadOpsAddress(const std::string& directory);

}  // namespace contacts
