// Who has failed to log in too often, and must wait. Counted for each account, whether it exists or
// not, and for each address; by this instance for itself, and forgotten when it ends.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "events/values/error.h"
#include "infra/identity/sessions.h"

namespace contacts {

struct LoginLockOptions {
  using Clock = std::chrono::steady_clock;
  int failures = 5;  // in a row: the next attempts are refused for `lock` …
  std::chrono::seconds lock{15 * 60};
  // Accounts and addresses remembered; beyond it those that failed longest ago are forgotten. A
  // pool that checks 25 passwords a second fills 22,500 in a lock's time.
  size_t max_remembered = 65536;
  std::function<Clock::time_point()> clock = Clock::now;
};

// Any thread.
class LoginLocks {
 public:
  explicit LoginLocks(LoginLockOptions options) : options_(std::move(options)) {}

  // kTooManyRequests, with the time left, while the account or the address is locked. It says the
  // same of both.
  std::optional<Error> Locked(const LoginAttempt& attempt);
  void Failed(const LoginAttempt& attempt);
  // The same of links that somebody at an address shows: a count of its own, so that a few clicks
  // on a dead link keep nobody there from logging in. "" is never locked.
  std::optional<Error> LockedForLinks(const std::string& address);
  void FailedLink(const std::string& address);
  // Ends the row of failures of both.
  void Succeeded(const LoginAttempt& attempt);

 private:
  struct Row {
    std::string key;
    int failures = 0;
    LoginLockOptions::Clock::time_point last;  // of the newest failure
  };
  using Rows = std::list<Row>;

  std::chrono::seconds LeftOf(const std::string& key);
  void Count(const std::string& key);
  void Forget(const std::string& key);

  const LoginLockOptions options_;
  std::mutex mutex_;
  Rows rows_;  // the newest failure first
  std::unordered_map<std::string, Rows::iterator> by_key_;
};

}  // namespace contacts
