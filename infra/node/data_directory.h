// The directory of one instance, used by one process at a time, and its owner's alone.
//
//   lock            held while a process uses the directory; holds "<pid> <64 random hex digits>",
//                   new each time it is taken
//   log/            the embedded log: the truth
//   views/          read models; may be thrown away, the next start makes them anew
//   local/          sessions and password hashes of this machine
//   session-secret  signs the cookie, unless --session-secret-file names another
//   ops.json        where the running server takes operations, the token for it, and what `lock`
//                   holds; gone when another process opens the directory
//   demo.cookies    where the lines that a demonstration prints keep their session
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "events/values/field.h"
#include "events/values/result.h"

namespace contacts {

// As it is shown: absolute, without a slash at its end.
std::string AbsolutePath(const std::string& path);

class DataDirectory {
 public:
  // Makes it when it is missing, and takes the rights of others away, from files of earlier builds
  // too. kConflict: another process uses it; kUnavailable: it cannot be made or written, or it, or
  // a file of ours in it, belongs to another user; the message says which and why.
  static Result<std::unique_ptr<DataDirectory>> Open(const std::string& path);
  ~DataDirectory();

  const std::string& path() const { return path_; }  // absolute
  // The path of what lies in it; absolute.
  std::string PathOf(const std::string& name) const { return path_ + "/" + name; }
  // Its path still leads to it: nobody has removed or renamed it.
  bool IsThere() const;
  // Tells this holder of the lock from any other: what the file `lock` holds.
  const std::string& holder() const { return holder_; }

 private:
  DataDirectory(std::string path, int lock, std::string holder)
      : path_(std::move(path)), lock_(lock), holder_(std::move(holder)) {}
  const std::string path_;
  const int lock_;
  const std::string holder_;
};

// Where a running server takes operations.
struct OpsAddress {
  std::string address;  // host:port
  std::string token;
  std::string holder = {};        // what the lock held when it was written
  Maybe<std::string> front = {};  // host:port of the API; earlier builds wrote none

  bool operator==(const OpsAddress&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("address", address), Field("token", token), Field("holder", holder),
       Field("front", front));
  }
};

// The process that took the lock last, if it could be noted; it may be gone.
std::optional<int> PidOfHolder(const std::string& directory);
// " (pid 17)", of the same; nobody has: "".
std::string HolderOf(const std::string& directory);

Result<bool> WriteOpsAddress(const DataDirectory& directory, OpsAddress address);
// nullopt: no server has written one, or it does not read, or another process than the one that
// wrote it has the lock.
std::optional<OpsAddress> ReadOpsAddress(const std::string& directory);

}  // namespace contacts
