// Authentication: sessions, named by the cookie `connect.sid`, and the passwords that begin them.
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

// The applications whose sessions are known: an id means another person in each.
enum class SessionOrigin { kOurs, kToken, kAnotherApplication };

// Tenant and role of a caller come only from here.
struct Session {
  TenantId tenant;
  UserId user_id;
  std::string username;
  std::string role;
  std::optional<ContactId> contact_id;
  std::string credential_id = {};  // the password that it began with; empty: not known here
  SessionOrigin origin = SessionOrigin::kOurs;  // whose id `user_id` is
};

// Whether a look-up moves the end of the session's idle time. An answer without end looks again and
// again for a request that has counted, so that it does not keep its session alive.
enum class SessionUse { kCounts, kCountedBefore };

// Any thread. `then` is called once, before the call returns or later from another thread, and must
// not block.
class Sessions {
 public:
  virtual ~Sessions() = default;

  // `cookies`: the values of all Cookie headers of a request, in order. Errors: kUnauthenticated
  // (no, forged, unknown or expired session, disabled user), kUnavailable (the store cannot be
  // asked).
  virtual void Find(const std::vector<std::string_view>& cookies, SessionUse use,
                    std::function<void(Result<Session>)> then) = 0;

  // Begins a session for a user who has just logged in, and ends the one that the cookies name.
  // Gives the value of Set-Cookie. `secure`: a trusted proxy says that the client came by https.
  virtual void Begin(const Session& session, const std::vector<std::string_view>& cookies,
                     bool secure, std::function<void(Result<std::string>)> then) = 0;

  // Ends the session that the cookies name, if any. Gives the value of Set-Cookie that clears the
  // cookie.
  virtual void End(const std::vector<std::string_view>& cookies,
                   std::function<void(Result<std::string>)> then) = 0;

  // Somebody was erased: drops what is remembered of sessions, which holds user names. Any thread;
  // never waits for the store.
  virtual void DropRemembered() {}
};

struct LoginAttempt {
  TenantId tenant;
  std::string username;  // as it was typed: an account that came with a contact has the folded form
  std::string password;
  std::string address;              // of the client; "": not counted
  std::function<bool()> gone = {};  // true: the client has gone; empty: it waits

  ~LoginAttempt() { Wipe(&password); }
};

// A lock that holds now, after too many failed log-ins.
struct LoginLock {
  std::string network;           // "192.0.2.1", "2001:db8::/64"; empty: all networks
  std::chrono::seconds left{0};  // more than 0
};

// Passwords (argon2id) of our own users, checked and hashed in a bounded pool of threads.
class Passwords {
 public:
  virtual ~Passwords() = default;

  // Gives the user's session if the password is right; a user of exactly this name comes before one
  // of the folded name. kUnauthenticated is the same, and takes the same time, for a user that is
  // unknown, may not log in or has no password, and for a wrong password. kTooManyRequests: the
  // pool is full, or the account or the address failed too often, whatever the password.
  virtual void Check(const LoginAttempt& attempt, std::function<void(Result<Session>)> then) = 0;

  // Puts the password's hash into the SecretStore, durably; gives the credential id for
  // SetPassword.
  virtual void Make(const std::string& password, std::function<void(Result<std::string>)> then) = 0;

  // Tells that the command with this credential was answered, with this error or without one.
  // Hashes that are not needed any more are erased later, on another thread.
  virtual void Answered(const TenantId& tenant, const UserId& user,
                        const std::string& credential_id, const std::optional<Error>& error) = 0;

  // For links, which strangers may guess. kTooManyRequests while links from the address are locked.
  virtual std::optional<Error> LockedOut(const std::string& address) = 0;
  // Counts a wrong link against the address, separately from log-ins and by the same bound.
  virtual void GuessedWrong(const std::string& address) = 0;

  // For operators: where log-ins of the account are refused. An account that does not exist can be
  // locked, too.
  virtual std::vector<LoginLock> LocksOf(const TenantId& tenant, const std::string& username) = 0;
  // The networks from which all log-ins are refused; a bounded number.
  virtual std::vector<LoginLock> LockedNetworks() = 0;
  // Both return false when nothing was counted against the account or network. `address`: as
  // LockedNetworks shows it, or an address in such a network.
  virtual bool Unlock(const TenantId& tenant, const std::string& username) = 0;
  virtual bool UnlockNetwork(const std::string& address) = 0;
};

}  // namespace contacts
