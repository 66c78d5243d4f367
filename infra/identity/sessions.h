// Who is asking: sessions behind the cookie `connect.sid`, and the passwords that begin them.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/values/ids.h"
#include "events/values/result.h"
#include "infra/base/wipe.h"

namespace contacts {

// Tenant and role come from here and from nowhere else.
struct Session {
  TenantId tenant;
  UserId user_id;
  std::string username;
  std::string role;
  std::optional<ContactId> contact_id;
  std::string credential_id = {};  // the password that it began with; empty: not known here
};

// Why this instance cannot answer for the tenant: the read models may lack its users. None: it can.
using UnreadyTenant = std::function<std::optional<Error>(const TenantId& tenant)>;
// As it is told to whoever has no session: why is for the operator and the tenant's users.
inline Error ForStrangers(Error unready) {
  unready.message = "This instance cannot answer just now";
  return unready;
}

// Any thread. `then` comes once, at once or later from another thread, and must not block.
class Sessions {
 public:
  virtual ~Sessions() = default;

  // From the values of all Cookie headers of a request, in order. Errors: kUnauthenticated (no,
  // forged, unknown or expired session, disabled user), kUnavailable (the store cannot be asked).
  virtual void Find(const std::vector<std::string_view>& cookies,
                    std::function<void(Result<Session>)> then) = 0;

  // A new session for who has just logged in (one that the cookies name ends); the value of
  // Set-Cookie. `secure`: a trusted proxy says that the client came by https.
  virtual void Begin(const Session& session, const std::vector<std::string_view>& cookies,
                     bool secure, std::function<void(Result<std::string>)> then) = 0;

  // Ends the session that the cookies name, if any; the value of Set-Cookie that clears it.
  virtual void End(const std::vector<std::string_view>& cookies,
                   std::function<void(Result<std::string>)> then) = 0;
};

struct LoginAttempt {
  TenantId tenant;
  std::string username;  // as it was typed: an account that came with a contact has the folded form
  std::string password;
  std::string address;              // of the client; "": not counted
  std::function<bool()> gone = {};  // nobody waits for the answer any more; none: somebody does

  ~LoginAttempt() { Wipe(&password); }
};

// A lock after too many failed log-ins that counts now.
struct LoginLock {
  std::string network;           // "192.0.2.1", "2001:db8::/64"; empty: all networks
  std::chrono::seconds left{0};  // more than 0
};

// Passwords (argon2id) of our own users, checked and made in a bounded pool of threads of its own.
class Passwords {
 public:
  virtual ~Passwords() = default;

  // The user's session if the password is right; a user of the very name counts before one of its
  // folded form. kUnauthenticated says the same in the same time
  // whether the user is unknown, may not log in, has no password or gave a wrong one;
  // kTooManyRequests when the pool is full, or after too many of these for the account or the
  // address, whatever the password.
  virtual void Check(const LoginAttempt& attempt, std::function<void(Result<Session>)> then) = 0;

  // Puts the password's hash into the SecretStore, durably; the credential id for SetPassword.
  virtual void Make(const std::string& password, std::function<void(Result<std::string>)> then) = 0;

  // The command that names the credential was answered, with this error or without one: what need
  // not be kept any more is erased later, elsewhere.
  virtual void Answered(const TenantId& tenant, const UserId& user,
                        const std::string& credential_id, const std::optional<Error>& error) = 0;

  // For links that strangers may guess at. kTooManyRequests while the address is locked for them.
  virtual std::optional<Error> LockedOut(const std::string& address) = 0;
  // Counts against the address, apart from its log-ins and by the same bound.
  virtual void GuessedWrong(const std::string& address) = 0;

  // For operators: where log-ins of the account are refused. An account that does not exist can be
  // locked, too.
  virtual std::vector<LoginLock> LocksOf(const TenantId& tenant, const std::string& username) = 0;
  // The networks from which all log-ins are refused; a bounded number.
  virtual std::vector<LoginLock> LockedNetworks() = 0;
  // Both false: nothing was counted against it. `address`: as LockedNetworks shows it, or of it.
  virtual bool Unlock(const TenantId& tenant, const std::string& username) = 0;
  virtual bool UnlockNetwork(const std::string& address) = 0;
};

}  // namespace contacts
