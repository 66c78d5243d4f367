// The directory of one instance, used by one process at a time.
//
//   lock            held while a process uses the directory
//   log/            the embedded log: the truth
//   views/          read models; may be thrown away, the next start makes them anew
//   local/          sessions and password hashes of this machine
//   session-secret  signs the cookie, unless --session-secret-file names another
//   ops.json        where the running server takes operations, and the token for it; mode 0600
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "events/values/field.h"
#include "events/values/result.h"

namespace contacts {

class DataDirectory {
 public:
  // Makes it when it is missing. kConflict: another process uses it; kUnavailable: it cannot be
  // made or written, the message says why.
  static Result<std::unique_ptr<DataDirectory>> Open(const std::string& path);
  ~DataDirectory();

  // The path of what lies in it; absolute.
  std::string PathOf(const std::string& name) const { return path_ + "/" + name; }

 private:
  DataDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  const std::string path_;
  const int lock_;
};

// Where a running server takes operations.
struct OpsAddress {
  std::string address;  // host:port
  std::string token;

  bool operator==(const OpsAddress&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("address", address), Field("token", token));
  }
};

Result<bool> WriteOpsAddress(const std::string& directory, const OpsAddress& address);
// No server has written one, or it does not read: nullopt.
std::optional<OpsAddress> ReadOpsAddress(const std::string& directory);

}  // namespace contacts
