// Accounts and networks that failed to log in too often, and must wait. Counted by this instance
// for itself, and forgotten when it ends; for accounts whether they exist or not.
//
//   counted for                    locked from `failures` on    for whom
//   an account at a network        `failures` in a row          that account at that network
//   an account, of all networks    ten times that               that account at networks where no
//                                                               log-in of it went well before
//   a network, of all accounts     `failures` in a row          all accounts there
//   a network's dead links         `failures` in a row          links there
//
// So nobody shuts the owner out from where the owner is. A success takes away the failures of that
// account at that network and nothing else: nobody's own log-ins hide guesses at others, and the
// owner's do not hide those of strangers. A network is an address of IPv4 or a /64 of IPv6.
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
  int failures = 5;  // in a row: the next attempts are refused for `lock` …
  std::chrono::seconds lock{15 * 60};
  // Counts of each kind that are kept; beyond it those that failed longest ago are forgotten. A
  // pool that checks 25 passwords a second fills 22,500 in a lock's time.
  size_t max_remembered = 32768;
  std::function<Clock::time_point()> clock = Clock::now;
};

// Whose name was tried: counts are each user's own, since names of two may fold alike. Empty: it is
// nobody's, and the folded name counts.
struct TriedUser {
  std::string user_id = {};
  std::string credential_id = {};  // with another one, the failures before are forgotten
  bool may_log_in = true;          // and so are those from before it could
};

// Whether it names a network: an address, or a /64 of IPv6 as it is shown.
bool IsNetwork(const std::string& address);

// Any thread.
class LoginLocks {
 public:
  explicit LoginLocks(LoginLockOptions options);

  // kTooManyRequests, with the time left, while one of the locks counts. It says the same of all.
  std::optional<Error> Locked(const LoginAttempt& attempt, const TriedUser& user = {});
  // True: a lock begins.
  bool Failed(const LoginAttempt& attempt, const TriedUser& user = {});
  void Succeeded(const LoginAttempt& attempt, const TriedUser& user = {});

  // For links that somebody at an address shows: a count of its own, so that a few clicks on a dead
  // link keep nobody there from logging in. "" is never locked.
  std::optional<Error> LockedForLinks(const std::string& address);
  void FailedLink(const std::string& address);

  // For operators. The locks of the account; and the networks', those first that last longest.
  std::vector<LoginLock> Of(const TenantId& tenant, const std::string& username,
                            const TriedUser& user = {});
  std::vector<LoginLock> OfNetworks();
  // Both false: nothing was counted. What accounts failed at a network counts on for each of them.
  bool Unlock(const TenantId& tenant, const std::string& username, const TriedUser& user = {});
  bool UnlockNetwork(const std::string& address);
  int64_t locked_accounts();
  int64_t locks() const;  // that began, ever

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
    std::vector<AtNetwork> networks;  // no more than fail before all are locked, and the known ones
    std::string credential_id;
    bool may_log_in = true;

    bool IsOf(const TriedUser& user) const {
      return credential_id == user.credential_id && may_log_in == user.may_log_in;
    }
  };
  // Where an account logged in, the newest last; a few, so that each account fills its own alone.
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
