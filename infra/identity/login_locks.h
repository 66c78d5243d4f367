// Accounts and networks that failed to log in too often, and must wait. Each instance counts
// separately, and forgets when it ends; an account counts whether it exists or not.
//
//   counted for                    locked from `failures` on    for whom
//   an account at a network        `failures` in a row          that account at that network
//   an account, of all networks    ten times that               that account at networks where no
//                                                               log-in of it went well before
//   a network, of all accounts     `failures` in a row          all accounts there
//   a network's dead links         `failures` in a row          links there
//
// So strangers cannot lock the owner out at the owner's networks. A success takes away the failures
// of that account at that network and nothing else: an attacker's own log-ins hide no guesses at
// others, and the owner's hide none of a stranger's. A network is an address of IPv4 or a /64 of
// IPv6.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "events/values/error.h"
#include "infra/base/lru.h"
#include "infra/identity/sessions.h"

namespace contacts {

struct LoginLockOptions {
  using Clock = std::chrono::steady_clock;
  int failures = 5;  // in a row; the next attempts are refused for the time of `lock`
  std::chrono::seconds lock{15 * 60};
  // The most counts of each kind; then the count whose failure is oldest is forgotten. A pool that
  // checks 25 passwords a second makes at most 22,500 in the time of a lock.
  size_t max_remembered = 32768;
  std::function<Clock::time_point()> clock = Clock::now;
};

// The user whose name was tried: each user has its own counts, since two names may fold alike.
// Empty: there is no such user, and the folded name counts.
struct TriedUser {
  std::string user_id = {};
  std::string credential_id = {};  // another one than before: earlier failures are forgotten
  bool may_log_in = true;          // true, but false before: earlier failures are forgotten
};

// Whether the text names a network: an address, or a /64 of IPv6 as LoginLock shows it.
bool IsNetwork(const std::string& address);

// Any thread.
class LoginLocks {
 public:
  explicit LoginLocks(LoginLockOptions options);

  // kTooManyRequests, with the time left, while a lock holds; each lock gives the same message.
  std::optional<Error> Locked(const LoginAttempt& attempt, const TriedUser& user = {});
  // True: a lock begins.
  bool Failed(const LoginAttempt& attempt, const TriedUser& user = {});
  void Succeeded(const LoginAttempt& attempt, const TriedUser& user = {});

  // For links used from an address: a separate count, so that a few clicks on a dead link lock no
  // log-in there. "" is never locked.
  std::optional<Error> LockedForLinks(const std::string& address);
  void FailedLink(const std::string& address);

  // For operators. The locks of the account, and of networks, longest first.
  std::vector<LoginLock> Of(const TenantId& tenant, const std::string& username,
                            const TriedUser& user = {});
  std::vector<LoginLock> OfNetworks();
  // Both false: nothing was counted. Unlocking a network keeps the counts of accounts at it.
  bool Unlock(const TenantId& tenant, const std::string& username, const TriedUser& user = {});
  bool UnlockNetwork(const std::string& address);
  int64_t locked_accounts();
  int64_t locks() const;  // all that have begun since the start

 private:
  struct Count {
    int failures = 0;
    LoginLockOptions::Clock::time_point last;  // of the newest failure
  };
  struct AtNetwork {
    std::string network;
    Count count;
  };
  struct Account {
    Count all;
    std::vector<AtNetwork> networks;  // bounded: once all are locked, only known networks can fail
    std::string credential_id;
    bool may_log_in = true;

    bool IsOf(const TriedUser& user) const {
      return credential_id == user.credential_id && may_log_in == user.may_log_in;
    }
  };
  // The few networks where an account last logged in, newest last; each account has its own list.
  using Networks = std::vector<std::string>;

  std::chrono::seconds LeftOf(const Count& count, int failures) const;
  std::chrono::seconds LeftOf(const Account& account) const;
  bool Add(Count* count, int failures);
  template <class Which>
  void Forgive(Account* account, const Which& which);
  bool ForgiveAll(const std::string& key);
  static Count* At(Account* account, const std::string& network);
  bool IsKnown(const std::string& account, const std::string& network);

  const LoginLockOptions options_;
  const int failures_everywhere_;
  mutable std::mutex mutex_;
  Lru<Account> accounts_;
  Lru<Count> networks_;
  Lru<Count> links_;
  Lru<Networks> known_;
  int64_t locks_ = 0;
};

}  // namespace contacts
