// A small RocksDB of this machine only, <data>/local: sessions and password hashes. It is not
// derived from the log, so it must not be deleted with the views.
//
//   table        key                        value
//   sessions     SHA-256 of the session id  SessionRow (infra/identity/embedded_sessions.cc)
//   credentials  credential id              password hash, "$argon2id$…"
//   default      "format"                   kFormat, decimal; a build before formats wrote none
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "events/secret_store.h"
#include "events/values/result.h"

namespace rocksdb {
class Env;
}

namespace contacts {

// Any thread. Errors: kUnavailable; any client may see them, so only the log and Failure()
// name the directory and the disk's own words.
//
// After a write that failed, or a failure of RocksDB's background work, nothing more is written
// until the store is opened again. Rows written before can be read.
class LocalStore {
 public:
  enum class Table { kSessions, kCredentials };
  enum class Durability {
    kBuffered,  // survives the process, not the machine
    kSynced,
  };

  enum class Access {
    kReadWrite,
    kReadOnly,  // an existing store as it was at opening; nothing can be written
  };
  struct Options {
    std::string directory;  // made when there is none
    Access access = Access::kReadWrite;
    rocksdb::Env* env = nullptr;  // must outlive the store; nullptr: this machine's files
  };

  // The error says whether another process holds the directory, a newer build wrote it, it is
  // damaged or its disk is full.
  static Result<std::unique_ptr<LocalStore>> Open(const Options& options);
  static Result<std::unique_ptr<LocalStore>> Open(const std::string& directory) {
    return Open(Options{.directory = directory});
  }
  ~LocalStore();

  Result<std::optional<std::string>> Get(Table table, std::string_view key) const;
  Result<bool> Put(Table table, std::string_view key, std::string_view value,
                   Durability durability);
  Result<bool> Erase(Table table, std::string_view key, Durability durability);
  // Why nothing is written any more, and what to do; empty: writing works.
  std::string Failure() const;
  // The disk was full and has room again: the store can now be opened again.
  bool RoomAgain() const;

  // Visits all rows in order of key, beginning at `from`, until `visit` returns false.
  Result<bool> Scan(Table table,
                    const std::function<bool(std::string_view key, std::string_view value)>& visit,
                    std::string_view from = "") const;

 private:
  struct State;
  explicit LocalStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The store must outlive it.
class LocalSecretStore : public SecretStore {
 public:
  explicit LocalSecretStore(LocalStore& store) : store_(store) {}
  Result<bool> Put(std::string_view id, std::string_view secret) override;
  Result<std::optional<std::string>> Get(std::string_view id) override;
  Result<bool> Erase(std::string_view id) override;

 private:
  LocalStore& store_;
};

}  // namespace contacts
