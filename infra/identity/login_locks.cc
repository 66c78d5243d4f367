#include "infra/identity/login_locks.h"

#include <arpa/inet.h>

#include <algorithm>
#include <utility>

#include "events/values/hash.h"
#include "events/values/precis.h"

namespace contacts {
namespace {

using std::chrono::seconds;

constexpr int kEverywhere = 10;       // times `failures` lock an account at all networks
constexpr size_t kKnownNetworks = 8;  // for each account
constexpr size_t kMostShown = 1000;

// A hash, so that the key is small whatever name was tried.
std::string Small(std::string_view text) {
  const Hash hash = Sha256(text);
  return {reinterpret_cast<const char*>(hash.bytes.data()), 15};  // fits into a small string
}

std::string AccountKey(const TenantId& tenant, const std::string& username, const TriedUser& user) {
  if (user.user_id.empty()) return Small("name " + tenant.value + '\0' + FoldUserName(username));
  return Small("user " + tenant.value + '\0' + user.user_id);
}

std::string AccountKey(const LoginAttempt& attempt, const TriedUser& user) {
  return AccountKey(attempt.tenant, attempt.username, user);
}

constexpr char kOfV4 = '4';
constexpr char kOfV6 = '6';
constexpr const char* kPrefix = "/64";

// The /64 of an IPv6 address, since one client has a whole /64 to choose from. The key is short,
// and Shown can decode it.
std::string NetworkOf(const std::string& address) {
  in_addr v4;
  in6_addr v6;
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) {
    return kOfV4 + std::string(reinterpret_cast<const char*>(&v4), sizeof v4);
  }
  if (inet_pton(AF_INET6, address.c_str(), &v6) == 1) {
    return kOfV6 + std::string(reinterpret_cast<const char*>(v6.s6_addr), 8);
  }
  return Small(address);
}

// The address or /64 in a key of NetworkOf; "unknown": the text was not an address.
std::string Shown(const std::string& network) {
  char text[INET6_ADDRSTRLEN] = {};
  if (network.size() == 1 + sizeof(in_addr)) {
    inet_ntop(AF_INET, network.data() + 1, text, sizeof text);
    return text;
  }
  if (network.size() != 1 + 8) return "unknown";
  in6_addr v6 = {};
  std::copy(network.begin() + 1, network.end(), v6.s6_addr);
  inet_ntop(AF_INET6, &v6, text, sizeof text);
  return std::string(text) + kPrefix;
}

std::optional<Error> ToldToWait(seconds left) {
  if (left.count() == 0) return std::nullopt;
  return Error{ErrorCode::kTooManyRequests,
               "Too many failed log-ins; wait, then try again.",
               {},
               static_cast<int>(left.count())};
}

// The address in a network as Shown writes it.
std::string WithoutPrefix(const std::string& address) {
  const bool has_prefix = address.ends_with(kPrefix) && address.find(':') != std::string::npos;
  return has_prefix ? address.substr(0, address.size() - 3) : address;
}

}  // namespace

bool IsNetwork(const std::string& address) {
  const size_t length = NetworkOf(WithoutPrefix(address)).size();
  return length == 1 + sizeof(in_addr) || length == 1 + 8;
}

LoginLocks::LoginLocks(LoginLockOptions options)
    : options_(std::move(options)),
      failures_everywhere_(kEverywhere * options_.failures),
      accounts_(options_.max_remembered),
      networks_(options_.max_remembered),
      links_(options_.max_remembered),
      known_(options_.max_remembered) {}

std::optional<Error> LoginLocks::Locked(const LoginAttempt& attempt, const TriedUser& user) {
  const std::lock_guard lock(mutex_);
  const std::string network = NetworkOf(attempt.address);
  const std::string key = AccountKey(attempt, user);
  seconds left{0};
  const Account* before = accounts_.Find(key);
  if (before != nullptr && !before->IsOf(user)) ForgiveAll(key);
  if (Account* account = accounts_.Find(key)) {
    if (const Count* here = At(account, network)) left = LeftOf(*here, options_.failures);
    if (!IsKnown(key, network)) left = std::max(left, LeftOf(account->all, failures_everywhere_));
  }
  if (attempt.address.empty()) return ToldToWait(left);
  if (const Count* count = networks_.Find(network)) {
    left = std::max(left, LeftOf(*count, options_.failures));
  }
  return ToldToWait(left);
}

bool LoginLocks::Failed(const LoginAttempt& attempt, const TriedUser& user) {
  const std::lock_guard lock(mutex_);
  const std::string network = NetworkOf(attempt.address);
  Account& account = accounts_.Touch(AccountKey(attempt, user));
  if (!account.IsOf(user)) account = Account{{}, {}, user.credential_id, user.may_log_in};
  std::erase_if(account.networks, [this](const AtNetwork& at) {
    return at.count.last + options_.lock <= options_.clock();
  });
  Count* here = At(&account, network);
  if (here == nullptr) here = &account.networks.emplace_back(AtNetwork{network, {}}).count;
  bool begins = Add(here, options_.failures);
  begins = Add(&account.all, failures_everywhere_) || begins;
  if (!attempt.address.empty()) {
    begins = Add(&networks_.Touch(network), options_.failures) || begins;
  }
  return begins;
}

void LoginLocks::Succeeded(const LoginAttempt& attempt, const TriedUser& user) {
  const std::lock_guard lock(mutex_);
  const std::string network = NetworkOf(attempt.address);
  const std::string key = AccountKey(attempt, user);
  if (Account* account = accounts_.Find(key)) {
    Forgive(account, [&](const AtNetwork& at) { return at.network == network; });
    if (account->networks.empty()) accounts_.Erase(key);
  }
  Networks& known = known_.Touch(key);
  std::erase(known, network);
  if (known.size() >= kKnownNetworks) known.erase(known.begin());
  known.push_back(network);
}

std::optional<Error> LoginLocks::LockedForLinks(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const Count* count = address.empty() ? nullptr : links_.Find(NetworkOf(address));
  return count == nullptr ? std::nullopt : ToldToWait(LeftOf(*count, options_.failures));
}

void LoginLocks::FailedLink(const std::string& address) {
  const std::lock_guard lock(mutex_);
  if (!address.empty()) Add(&links_.Touch(NetworkOf(address)), options_.failures);
}

std::vector<LoginLock> LoginLocks::Of(const TenantId& tenant, const std::string& username,
                                      const TriedUser& user) {
  const std::lock_guard lock(mutex_);
  std::vector<LoginLock> locks;
  const Account* account = accounts_.Find(AccountKey(tenant, username, user));
  if (account == nullptr || !account->IsOf(user)) return locks;
  const auto add = [&](const std::string& network, seconds left) {
    if (left.count() > 0) locks.push_back({network, left});
  };
  add("", LeftOf(account->all, failures_everywhere_));
  for (const AtNetwork& at : account->networks) {
    add(Shown(at.network), LeftOf(at.count, options_.failures));
  }
  return locks;
}

std::vector<LoginLock> LoginLocks::OfNetworks() {
  const std::lock_guard lock(mutex_);
  std::vector<LoginLock> locks;
  for (const auto& [network, count] : networks_.entries()) {
    const seconds left = LeftOf(count, options_.failures);
    if (left.count() > 0) locks.push_back({Shown(network), left});
  }
  std::sort(locks.begin(), locks.end(), [](const LoginLock& a, const LoginLock& b) {
    return std::pair(b.left, a.network) < std::pair(a.left, b.network);
  });
  if (locks.size() > kMostShown) locks.resize(kMostShown);
  return locks;
}

bool LoginLocks::Unlock(const TenantId& tenant, const std::string& username,
                        const TriedUser& user) {
  const std::lock_guard lock(mutex_);
  return ForgiveAll(AccountKey(tenant, username, user));
}

bool LoginLocks::UnlockNetwork(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const std::string network = NetworkOf(WithoutPrefix(address));
  const bool of_log_ins = networks_.Erase(network);
  return links_.Erase(network) || of_log_ins;
}

int64_t LoginLocks::locked_accounts() {
  const std::lock_guard lock(mutex_);
  return std::count_if(accounts_.entries().begin(), accounts_.entries().end(),
                       [this](const auto& entry) { return LeftOf(entry.second).count() > 0; });
}

int64_t LoginLocks::locks() const {
  const std::lock_guard lock(mutex_);
  return locks_;
}

// The time left of the lock, rounded up; 0: not locked.
seconds LoginLocks::LeftOf(const Count& count, int failures) const {
  const auto left = count.last + options_.lock - options_.clock();
  if (left <= left.zero() || count.failures < failures) return {};
  return std::chrono::ceil<seconds>(left);
}

seconds LoginLocks::LeftOf(const Account& account) const {
  seconds left = LeftOf(account.all, failures_everywhere_);
  for (const AtNetwork& at : account.networks) {
    left = std::max(left, LeftOf(at.count, options_.failures));
  }
  return left;
}

// Counts a failure. True: with this one a lock begins.
bool LoginLocks::Add(Count* count, int failures) {
  const auto now = options_.clock();
  if (count->last + options_.lock <= now) *count = {};  // the old failures have expired
  ++count->failures;
  count->last = now;
  if (count->failures != failures) return false;
  ++locks_;
  return true;
}

// The account's failures at these networks count no more, neither for it nor for the networks.
template <class Which>
void LoginLocks::Forgive(Account* account, const Which& which) {
  for (const AtNetwork& at : account->networks) {
    if (!which(at) || LeftOf(at.count, 1).count() == 0) continue;
    account->all.failures = std::max(0, account->all.failures - at.count.failures);
    if (Count* of_all = networks_.Find(at.network)) {
      of_all->failures = std::max(0, of_all->failures - at.count.failures);
    }
  }
  std::erase_if(account->networks, which);
}

bool LoginLocks::ForgiveAll(const std::string& key) {
  Account* account = accounts_.Find(key);
  if (account == nullptr) return false;
  Forgive(account, [](const AtNetwork&) { return true; });
  return accounts_.Erase(key);
}

LoginLocks::Count* LoginLocks::At(Account* account, const std::string& network) {
  for (AtNetwork& at : account->networks) {
    if (at.network == network) return &at.count;
  }
  return nullptr;
}

bool LoginLocks::IsKnown(const std::string& account, const std::string& network) {
  const Networks* known = known_.Find(account);
  return known != nullptr && std::find(known->begin(), known->end(), network) != known->end();
}

}  // namespace contacts
