// A small RocksDB of this machine only, <data>/local: sessions, password hashes and key trees. It
// is not derived from the log, so it must not be deleted with the views.
//
//   table        key                        value
//   sessions     SHA-256 of the session id  SessionRow (infra/identity/embedded_sessions.cc)
//   credentials  credential id              password hash, "$argon2id$…"
//   keys         id of a node or marker     its seed, or "1" (events/seal/store_keys.h)
//   default      "format"                   kFormat, decimal; a build before formats wrote none
//                "cleaned"                  which erasures left no bytes here
//                (infra/node/cleaning.h)
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
  // A store of an earlier build that is opened read-only has no kKeys: the table then is empty.
  enum class Table { kSessions, kCredentials, kKeys };
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
  // All rows or none.
  Result<bool> PutAll(Table table, const std::vector<StoredSecret>& rows, Durability durability);
  Result<bool> Erase(Table table, std::string_view key, Durability durability);
  // Why nothing is written any more, and what to do; empty: writing works.
  std::string Failure() const;
  // The disk was full and has room again: the store can now be opened again.
  bool RoomAgain() const;

  // Visits all rows in order of key, beginning at `from`, until `visit` returns false.
  Result<bool> Scan(Table table,
                    const std::function<bool(std::string_view key, std::string_view value)>& visit,
                    std::string_view from = "") const;

  // As RewriteFiles (infra/rocksdb/rewrite_files.h), for all tables. Of two calls at a time the
  // second waits for the first.
  Result<bool> RewriteFiles(std::atomic<bool>& stop);
  // What NoteCleaned noted last, durably; empty: nothing.
  Result<std::string> Cleaned() const;
  Result<bool> NoteCleaned(const std::string& erasures);

 private:
  struct State;
  explicit LocalStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The store must outlive it. Nodes and markers of key trees are in their own table.
class LocalSecretStore : public SecretStore {
 public:
  explicit LocalSecretStore(LocalStore& store) : store_(store) {}
  Result<bool> Put(std::string_view id, std::string_view secret) override;
  Result<bool> PutAll(const std::vector<StoredSecret>& secrets) override;
  Result<std::optional<std::string>> Get(std::string_view id) override;
  Result<bool> Erase(std::string_view id) override;
  Result<bool> Scan(std::string_view prefix, const Visit& visit) override;
  void OnChange(Changed changed) override;

 private:
  LocalStore& store_;
  std::mutex mutex_;  // held while something is written, so that changes are told in their order
  Changed changed_;
};

}  // namespace contacts
