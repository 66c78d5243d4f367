// The small RocksDB of this machine alone, <data>/local: sessions and password hashes. It is not
// derived from the log, so it must not be thrown away with the views.
//
//   table        key                        value
//   sessions     SHA-256 of the session id  SessionRow (infra/identity/embedded_sessions.cc)
//   credentials  credential id              password hash, "$argon2id$…"
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "events/secret_store.h"
#include "events/values/result.h"

namespace contacts {

// Any thread. Errors: kUnavailable, with the disk's own words.
class LocalStore {
 public:
  enum class Table { kSessions, kCredentials };
  enum class Durability {
    kBuffered,  // survives the process, not the machine
    kSynced,
  };

  // Makes the directory when it is missing. The error says whether another process holds it.
  static Result<std::unique_ptr<LocalStore>> Open(const std::string& directory);
  ~LocalStore();

  Result<std::optional<std::string>> Get(Table table, std::string_view key) const;
  Result<bool> Put(Table table, std::string_view key, std::string_view value,
                   Durability durability);
  Result<bool> Erase(Table table, std::string_view key, Durability durability);
  // All rows in order of key, until `visit` says false.
  Result<bool> Scan(
      Table table,
      const std::function<bool(std::string_view key, std::string_view value)>& visit) const;

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
