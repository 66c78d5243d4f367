// Passwords of our own users as argon2id hashes (RFC 9106) in the SecretStore, prepared by RFC 8265
// (PreparePassword).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "events/secret_store.h"
#include "infra/base/seldom.h"
#include "infra/base/worker_pool.h"
#include "infra/identity/login_locks.h"
#include "infra/identity/replaced_secrets.h"
#include "infra/identity/sessions.h"
#include "projections/store/rows.h"
#include "projections/store/view_store.h"

namespace contacts {

// Make refuses a longer or empty password with kBadRequest, Check as a wrong one.
inline constexpr size_t kMaxPasswordBytes = 1024;

struct Argon2Options {
  unsigned long long passes = 2;                   // libsodium's "interactive" cost:
  size_t memory_bytes = size_t{64} * 1024 * 1024;  // about 0.1 s, and this memory for each thread
  size_t threads = 2;
  size_t max_waiting = 64;
  LoginLockOptions locks = {};
  // Whether the views hold all of the log as it was at the start; replaced hashes are erased only
  // then.
  std::function<bool()> caught_up = [] { return true; };
};

class Argon2Passwords : public Passwords {
 public:
  // Both must outlive it. Takes the time of one hash. Throws std::runtime_error when libsodium
  // cannot start.
  Argon2Passwords(SecretStore& secrets, const ViewReader& views, Argon2Options options = {});

  void Check(const LoginAttempt& attempt, std::function<void(Result<Session>)> then) override;
  void Make(const std::string& password, std::function<void(Result<std::string>)> then) override;
  void Answered(const TenantId& tenant, const UserId& user, const std::string& credential_id,
                const std::optional<Error>& error) override;
  std::optional<Error> LockedOut(const std::string& address) override;
  void GuessedWrong(const std::string& address) override;
  // LocksOf and Unlock throw StoreFailure.
  std::vector<LoginLock> LocksOf(const TenantId& tenant, const std::string& username) override {
    return locks_.Of(tenant, username, Read(tenant, username).tried());
  }
  std::vector<LoginLock> LockedNetworks() override { return locks_.OfNetworks(); }
  bool Unlock(const TenantId& tenant, const std::string& username) override {
    return locks_.Unlock(tenant, username, Read(tenant, username).tried());
  }
  bool UnlockNetwork(const std::string& address) override { return locks_.UnlockNetwork(address); }

  // For metrics.
  int64_t locked_accounts() { return locks_.locked_accounts(); }
  int64_t locks() const { return locks_.locks(); }

  // Refuses calls that wait and later ones with kUnavailable.
  void Stop();

  ReplacedSecrets& replaced() { return replaced_; }

 private:
  struct Account {
    std::optional<UserRow> user;
    bool may_log_in = false;
    TriedUser tried() const {
      return user ? TriedUser{user->user_id.value, user->credential_id, may_log_in} : TriedUser{};
    }
  };
  Result<Session> CheckUnlessLocked(const LoginAttempt& attempt);
  // The account, unless it is locked.
  Result<Account> FindUnlessLocked(const LoginAttempt& attempt);
  Result<Session> CheckNow(const LoginAttempt& attempt, const Account& account) const;
  void SayLocked(const LoginAttempt& attempt, const Account& account);
  // Reads the same number of rows whether the user exists or not.
  Account Read(const TenantId& tenant, const std::string& username) const;
  Result<Account> Find(const LoginAttempt& attempt) const;
  bool IsRight(const std::string& password, const std::string& hash) const;
  Result<std::string> MakeNow(const std::string& typed);
  std::string HashOf(const std::string& password) const;

  SecretStore& secrets_;
  const ViewReader& views_;
  const Argon2Options options_;
  LoginLocks locks_;
  Seldom said_;
  std::string nobodys_hash_;  // verified when there is no user, so that both take the same time
  ReplacedSecrets replaced_;
  WorkerPool pool_;  // last: its tasks use the others
};

}  // namespace contacts
