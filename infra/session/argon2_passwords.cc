#include "infra/session/argon2_passwords.h"

#include <sodium.h>

#include <optional>
#include <stdexcept>
#include <utility>

#include "events/hash.h"
#include "infra/log.h"
#include "infra/session/accounts.h"
#include "projections/registry.h"

namespace contacts {
namespace {

Error TooManyLogins() {
  return {ErrorCode::kTooManyRequests, "Too many log-ins at once; try again.", {}, 1};
}

std::string RandomText() {
  unsigned char random[16];
  randombytes_buf(random, sizeof random);
  return ToHex(std::string_view(reinterpret_cast<const char*>(random), sizeof random));
}

}  // namespace

Argon2Passwords::Argon2Passwords(SecretStore& secrets, const ViewReader& views,
                                 Argon2Options options)
    : secrets_(secrets),
      views_(views),
      options_(options),
      locks_(options.locks),
      pool_(options.threads, options.max_waiting) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start");
  nobodys_hash_ = HashOf(RandomText());
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
  // Before the pool, so that who is locked takes no place in it …
  if (const auto error = locks_.Locked(attempt)) return then(*error);
  if (!pool_.Post([this, attempt, then] { then(CheckUnlessLocked(attempt)); })) {
    then(TooManyLogins());
  }
}

Result<Session> Argon2Passwords::CheckUnlessLocked(const LoginAttempt& attempt) {
  // … and again, so that no more are tried than there are threads, however many came at once.
  if (const auto error = locks_.Locked(attempt)) return *error;
  Result<Session> session = CheckNow(attempt);
  if (session.ok()) {
    locks_.Succeeded(attempt);
  } else if (session.error().code == ErrorCode::kUnauthenticated) {
    locks_.Failed(attempt);
  }
  return session;
}

Result<Session> Argon2Passwords::CheckNow(const LoginAttempt& attempt) const {
  const TenantId& tenant = attempt.tenant;
  std::optional<UserRow> user;
  bool may = false;
  try {
    const Registry registry(views_);
    user = registry.UserByName(tenant, attempt.username);
    may = user && MayLogIn(registry, tenant, *user);
  } catch (const StoreFailure& failure) {
    log::Error("users cannot be read", {{"cause", failure.what()}});
    return Error{ErrorCode::kUnavailable, "The users cannot be read."};
  }
  std::string hash = nobodys_hash_;
  bool known = false;
  if (user && !user->credential_id.empty()) {
    auto secret = secrets_.Get(user->credential_id);
    if (!secret.ok()) return secret.error();
    if (*secret) {
      hash = **secret;
      known = may;
    }
  }
  const std::string& password = attempt.password;
  const bool fits = !password.empty() && password.size() <= kMaxPasswordBytes;
  const std::string& tried = fits ? password : nobodys_hash_;
  const bool right = crypto_pwhash_str_verify(hash.c_str(), tried.data(), tried.size()) == 0;
  if (!right || !known || !fits) {
    return Error{ErrorCode::kUnauthenticated, "The user name or the password is wrong."};
  }
  return Session{tenant,           user->user_id,    user->username,
                 user->state.role, user->contact_id, user->credential_id};
}

void Argon2Passwords::Make(const std::string& password,
                           std::function<void(Result<std::string>)> then) {
  if (!pool_.Post([this, password, then] { then(MakeNow(password)); })) then(TooManyLogins());
}

Result<std::string> Argon2Passwords::MakeNow(const std::string& password) {
  if (password.empty() || password.size() > kMaxPasswordBytes) {
    return Error{ErrorCode::kBadRequest, "A password has 1 to 1024 bytes."};
  }
  const std::string hash = HashOf(password);
  if (hash.empty()) {
    return Error{ErrorCode::kUnavailable, "Not enough memory to hash a password.", {}, 1};
  }
  const std::string credential_id = RandomText();
  const auto put = secrets_.Put(credential_id, hash);
  if (!put.ok()) return put.error();
  return credential_id;
}

}  // namespace contacts
