#include "infra/identity/argon2_passwords.h"

#include <sodium.h>

#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "events/user.h"
#include "events/values/hash.h"
#include "events/values/precis.h"
#include "infra/base/log.h"
#include "infra/base/random.h"
#include "infra/base/wipe.h"
#include "infra/identity/may_log_in.h"
#include "projections/view_lookup.h"

namespace contacts {
namespace {

Error TooManyLogins() {
  return {ErrorCode::kTooManyRequests, "Too many log-ins at the same time; try again.", {}, 1};
}

Error Stopping() { return {ErrorCode::kUnavailable, "This instance is stopping", {}, 1}; }

}  // namespace

Argon2Passwords::Argon2Passwords(SecretStore& secrets, const ViewReader& views,
                                 Argon2Options options)
    : secrets_(secrets),
      views_(views),
      options_(options),
      locks_(options.locks),
      replaced_(secrets, views, options.caught_up),
      pool_(options.threads, options.max_waiting, {"passwords"}) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start");
  nobodys_hash_ = HashOf(RandomHex(16));
}

// Empty: not enough memory.
std::string Argon2Passwords::HashOf(const std::string& password) const {
  char hash[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str_alg(hash, password.data(), password.size(), options_.passes,
                            options_.memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return {};
  }
  return hash;
}

void Argon2Passwords::Check(const LoginAttempt& attempt,
                            std::function<void(Result<Session>)> then) {
  // Checked before the pool, so that a locked account takes no place in it …
  if (const auto account = FindUnlessLocked(attempt); !account) return then(account.error());
  if (!pool_.Post([this, attempt, then] { then(CheckUnlessLocked(attempt)); },
                  [then] { then(Stopping()); })) {
    then(TooManyLogins());
  }
}

Result<Session> Argon2Passwords::CheckUnlessLocked(const LoginAttempt& attempt) {
  if (attempt.gone && attempt.gone()) return Stopping();  // the client has gone
  // … and again, so that at most one attempt a thread passes, however many came together.
  const auto account = FindUnlessLocked(attempt);
  if (!account.ok()) return account.error();
  Result<Session> session = CheckNow(attempt, *account);
  if (session.ok()) {
    locks_.Succeeded(attempt, account->tried());
  } else if (session.error().code == ErrorCode::kUnauthenticated &&
             locks_.Failed(attempt, account->tried())) {
    SayLocked(attempt, *account);
  }
  return session;
}

// Reads the same number of rows whether the user exists or not.
Result<Argon2Passwords::Account> Argon2Passwords::FindUnlessLocked(const LoginAttempt& attempt) {
  auto account = Find(attempt);
  if (!account.ok()) return account;
  if (auto locked = locks_.Locked(attempt, account->tried())) return *std::move(locked);
  return account;
}

// The log shows only ids of existing users: a name is a person's, and people type passwords into
// that field.
void Argon2Passwords::SayLocked(const LoginAttempt& attempt, const Account& account) {
  if (const auto left_out = said_.MaySay()) {
    log::Warn("log-ins are locked for a while after too many failures",
              {{"tenant", attempt.tenant.value},
               {"user", account.user ? account.user->user_id.value : "unknown"},
               {"address", attempt.address},
               {"left_out", std::to_string(*left_out)}});
  }
}

// The answer for an unknown name must not come sooner: for each missing row this reads a row that
// belongs to no user.
Argon2Passwords::Account Argon2Passwords::Read(const TenantId& tenant,
                                               const std::string& username) const {
  const ViewLookup lookup(views_);
  const auto by_name = [&](const std::string& name) {
    auto user = lookup.UserByName(tenant, name);
    if (!user) (void)lookup.UserById(tenant, UserId{"0"});
    return user;
  };
  Account account;
  std::vector<std::string> names = SpellingsOf(username);
  names.resize(kMostSpellings);  // with empty names, which no user has
  for (const std::string& name : names) {
    auto user = by_name(name);
    if (!account.user) account.user = std::move(user);
  }
  account.may_log_in = account.user && MayLogIn(lookup, tenant, *account.user);
  if (!account.user || !account.user->contact_id || account.user->state.disabled) {
    (void)lookup.ContactById(tenant, ContactId{0});
  }
  return account;
}

Result<Argon2Passwords::Account> Argon2Passwords::Find(const LoginAttempt& attempt) const {
  try {
    return Read(attempt.tenant, attempt.username);
  } catch (const StoreFailure& failure) {
    log::Error("users cannot be read", {{"cause", failure.what()}});
    return Error{ErrorCode::kUnavailable, "The users cannot be read."};
  }
}

Result<Session> Argon2Passwords::CheckNow(const LoginAttempt& attempt,
                                          const Account& account) const {
  const TenantId& tenant = attempt.tenant;
  const std::optional<UserRow>& user = account.user;
  const bool has_password = user && !user->credential_id.empty();
  auto secret = secrets_.Get(has_password ? std::string_view(user->credential_id) : kNobodysSecret);
  if (!secret.ok()) return secret.error();
  const bool known = has_password && account.may_log_in && secret->has_value();
  const std::string& hash = known ? **secret : nobodys_hash_;
  if (!IsRight(attempt.password, hash) || !known) {
    return Error{ErrorCode::kUnauthenticated, "The user name or the password is wrong."};
  }
  return Session{tenant,           user->user_id,    user->username,
                 user->state.role, user->contact_id, user->credential_id};
}

// Tries the prepared password, then the typed one, since old hashes are of unprepared passwords.
// The number of tries depends only on the typed text.
bool Argon2Passwords::IsRight(const std::string& password, const std::string& hash) const {
  const std::string prepared = PreparePassword(password);
  const auto fits = [&](const std::string& text) {
    const bool may_fit = !text.empty() && text.size() <= kMaxPasswordBytes;
    const std::string& tried = may_fit ? text : nobodys_hash_;
    const bool right = crypto_pwhash_str_verify(hash.c_str(), tried.data(), tried.size()) == 0;
    return right && may_fit;
  };
  return fits(prepared) || (password != prepared && fits(password));
}

void Argon2Passwords::Make(const std::string& password,
                           std::function<void(Result<std::string>)> then) {
  if (!pool_.Post([this, made = Wiped{password}, then] { then(MakeNow(made.text)); },
                  [then] { then(Stopping()); })) {
    then(TooManyLogins());
  }
}

void Argon2Passwords::Answered(const TenantId& tenant, const UserId& user,
                               const std::string& credential_id,
                               const std::optional<Error>& error) {
  if (error) return replaced_.Refused(credential_id, *error);
  replaced_.EraseOf(tenant, user);
}

void Argon2Passwords::Stop() {
  pool_.Stop();
  replaced_.Stop();
}

std::optional<Error> Argon2Passwords::LockedOut(const std::string& address) {
  return locks_.LockedForLinks(address);
}

void Argon2Passwords::GuessedWrong(const std::string& address) { locks_.FailedLink(address); }

Result<std::string> Argon2Passwords::MakeNow(const std::string& typed) {
  const std::string password = PreparePassword(typed);
  if (password.empty() || password.size() > kMaxPasswordBytes) {
    return Error{ErrorCode::kBadRequest, "A password has 1 to 1024 bytes."};
  }
  const std::string hash = HashOf(password);
  if (hash.empty()) {
    return Error{ErrorCode::kUnavailable, "Not enough memory to hash a password.", {}, 1};
  }
  const std::string credential_id = SecretIdOf(hash);
  const auto put = secrets_.Put(credential_id, hash);
  if (!put.ok()) return put.error();
  return credential_id;
}

}  // namespace contacts
