#include "infra/identity/login_locks.h"

#include <arpa/inet.h>

#include <algorithm>
#include <utility>

#include "events/values/hash.h"
#include "events/values/precis.h"

namespace contacts {
namespace {

// Hashed, so that a row is small whatever name was tried.
std::string KeyOf(std::string_view kind, std::string_view of) {
  return ToHex(Sha256(std::string(kind) + std::string(of))).substr(0, 32);
}

std::string AccountKey(const LoginAttempt& attempt) {
  return KeyOf("account ", attempt.tenant.value + '\0' + FoldUserName(attempt.username));
}

// One client has a whole /64 of IPv6 to choose from.
std::string AddressKey(const std::string& address, const std::string& kind = "") {
  in6_addr v6;
  if (inet_pton(AF_INET6, address.c_str(), &v6) != 1) return KeyOf(kind + "address ", address);
  return KeyOf(kind + "network ", {reinterpret_cast<const char*>(v6.s6_addr), 8});
}

constexpr const char* kOfLinks = "links of ";

std::optional<Error> ToldToWait(std::chrono::seconds left) {
  if (left.count() == 0) return std::nullopt;
  return Error{ErrorCode::kTooManyRequests,
               "Too many failed log-ins; wait, then try again.",
               {},
               static_cast<int>(left.count())};
}

}  // namespace

std::optional<Error> LoginLocks::Locked(const LoginAttempt& attempt) {
  const std::lock_guard lock(mutex_);
  std::chrono::seconds left = LeftOf(AccountKey(attempt));
  if (!attempt.address.empty()) left = std::max(left, LeftOf(AddressKey(attempt.address)));
  return ToldToWait(left);
}

void LoginLocks::Failed(const LoginAttempt& attempt) {
  const std::lock_guard lock(mutex_);
  Count(AccountKey(attempt));
  if (!attempt.address.empty()) Count(AddressKey(attempt.address));
}

std::optional<Error> LoginLocks::LockedForLinks(const std::string& address) {
  if (address.empty()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  return ToldToWait(LeftOf(AddressKey(address, kOfLinks)));
}

void LoginLocks::FailedLink(const std::string& address) {
  if (address.empty()) return;
  const std::lock_guard lock(mutex_);
  Count(AddressKey(address, kOfLinks));
}

void LoginLocks::Succeeded(const LoginAttempt& attempt) {
  const std::lock_guard lock(mutex_);
  Forget(AccountKey(attempt));
  if (!attempt.address.empty()) Forget(AddressKey(attempt.address));
}

// Rounded up; 0: it is not locked.
std::chrono::seconds LoginLocks::LeftOf(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return {};
  const auto left = found->second->last + options_.lock - options_.clock();
  if (left <= left.zero()) {
    Forget(key);
    return {};
  }
  if (found->second->failures < options_.failures) return {};
  return std::chrono::ceil<std::chrono::seconds>(left);
}

void LoginLocks::Count(const std::string& key) {
  (void)LeftOf(key);  // an old row of failures has ended
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    rows_.splice(rows_.begin(), rows_, found->second);
  } else {
    rows_.push_front({key, 0, {}});
    by_key_[key] = rows_.begin();
  }
  ++rows_.front().failures;
  rows_.front().last = options_.clock();
  if (rows_.size() > options_.max_remembered) {
    by_key_.erase(rows_.back().key);
    rows_.pop_back();
  }
}

void LoginLocks::Forget(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  rows_.erase(found->second);
  by_key_.erase(found);
}

}  // namespace contacts
