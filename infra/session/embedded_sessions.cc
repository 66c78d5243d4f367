#include "infra/session/embedded_sessions.h"

#include <openssl/rand.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "events/field.h"
#include "events/hash.h"
#include "events/row_archive.h"
#include "infra/log.h"
#include "infra/session/accounts.h"
#include "infra/session/cookie.h"
#include "projections/registry.h"

namespace contacts {
namespace {

using Table = LocalStore::Table;
using Durability = LocalStore::Durability;

constexpr size_t kMaxWaitingWrites = 1024;
constexpr int64_t kSweepEvery = 3600 * 1000;
// A request moves the idle end on, but is written down no more often than this part of the idle
// time.
constexpr int64_t kSeenParts = 100;

struct SessionRow {
  static constexpr int kRowVersion = 1;
  TenantId tenant;
  UserId user_id;
  std::string credential_id;  // the password that it began with; a new one ends it
  Timestamp begun;
  Timestamp seen;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("tenant", tenant), Field("userId", user_id), Field("credentialId", credential_id),
       Field("begun", begun), Field("seen", seen));
  }
};

Timestamp SystemClock() {
  return {std::chrono::duration_cast<std::chrono::milliseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

// 24 random bytes in base64url, as express-session's uid-safe makes them.
std::string NewSessionId() {
  unsigned char random[24];
  if (RAND_bytes(random, sizeof random) != 1) throw std::runtime_error("no random bytes");
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string sid;
  for (size_t i = 0; i < sizeof random; i += 3) {
    const unsigned bits = (random[i] << 16u) | (random[i + 1] << 8u) | random[i + 2];
    for (int shift = 18; shift >= 0; shift -= 6) sid += kAlphabet[(bits >> shift) & 63];
  }
  return sid;
}

// Only hashes are stored, so that a copied directory holds no live session.
std::string StoreKey(std::string_view sid) {
  const Hash hash = Sha256(sid);
  return {reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()};
}

Error NotLoggedIn(std::string message) { return {ErrorCode::kUnauthenticated, std::move(message)}; }

Error TooManyWrites() {
  return {ErrorCode::kUnavailable, "Too many log-ins and log-outs at once.", {}, 1};
}

bool Ended(const SessionRow& row, Timestamp now, const SessionOptions& options) {
  return now.milliseconds - row.seen.milliseconds >= options.idle.count() ||
         now.milliseconds - row.begun.milliseconds >= options.absolute.count();
}

}  // namespace

EmbeddedSessions::EmbeddedSessions(LocalStore& store, const ViewReader& views,
                                   SessionOptions options)
    : store_(store),
      views_(views),
      options_([&] {
        if (!options.clock) options.clock = SystemClock;
        return std::move(options);
      }()),
      writer_(1, kMaxWaitingWrites) {}

std::string EmbeddedSessions::KeyOf(const std::vector<std::string_view>& cookies) const {
  const auto value = FindCookie(cookies, kSessionCookie);
  const auto sid = value ? VerifySession(*value, options_.secrets) : std::nullopt;
  return sid ? StoreKey(*sid) : std::string();
}

void EmbeddedSessions::Find(const std::vector<std::string_view>& cookies,
                            std::function<void(Result<Session>)> then) {
  then(Lookup(cookies));
}

Result<Session> EmbeddedSessions::Lookup(const std::vector<std::string_view>& cookies) {
  if (!FindCookie(cookies, kSessionCookie)) return NotLoggedIn("Log in first.");
  const std::string key = KeyOf(cookies);
  if (key.empty()) return NotLoggedIn("The session cookie is not valid; log in again.");
  const auto bytes = store_.Get(Table::kSessions, key);
  if (!bytes.ok()) return bytes.error();
  const Timestamp now = options_.clock();
  SessionRow row;
  if (!*bytes || !FromRow(**bytes, &row) || Ended(row, now, options_)) {
    return NotLoggedIn("The session has ended; log in again.");
  }
  std::optional<UserRow> user;
  bool may = false;
  try {
    const Registry registry(views_);
    user = registry.UserById(row.tenant, row.user_id);
    may = user && MayLogIn(registry, row.tenant, *user);
  } catch (const StoreFailure& failure) {
    log::Error("users cannot be read", {{"cause", failure.what()}});
    return Error{ErrorCode::kUnavailable, "The users cannot be read."};
  }
  if (!may || user->credential_id != row.credential_id) {
    return NotLoggedIn("The session has ended; log in again.");
  }
  if (now.milliseconds - row.seen.milliseconds >= options_.idle.count() / kSeenParts) {
    row.seen = now;
    // Read again by the one writer, so that a session ended meanwhile does not come back. When too
    // much is waiting, a later request will do.
    (void)writer_.Post([this, key, row] {
      const auto still = store_.Get(Table::kSessions, key);
      if (still.ok() && *still) {
        (void)store_.Put(Table::kSessions, key, ToRow(row), Durability::kBuffered).ok();
      }
    });
  }
  return Session{row.tenant, row.user_id, user->username, user->state.role, user->contact_id};
}

void EmbeddedSessions::Begin(const Session& session, const std::vector<std::string_view>& cookies,
                             bool secure, std::function<void(Result<std::string>)> then) {
  const std::string ended_key = KeyOf(cookies);
  if (!writer_.Post([this, session, ended_key, secure, then] {
        then(Store(session, ended_key, secure));
        if (options_.clock().milliseconds - swept_ >= kSweepEvery) {
          if (const auto swept = Sweep(); !swept.ok()) {
            log::Error("sessions cannot be swept", {{"cause", swept.error().message}});
          }
        }
      })) {
    then(TooManyWrites());
  }
}

Result<std::string> EmbeddedSessions::Store(const Session& session, const std::string& ended_key,
                                            bool secure) {
  std::optional<UserRow> user;
  bool may = false;
  try {
    const Registry registry(views_);
    user = registry.UserById(session.tenant, session.user_id);
    may = user && MayLogIn(registry, session.tenant, *user);
  } catch (const StoreFailure& failure) {
    return Error{ErrorCode::kUnavailable, "The users cannot be read."};
  }
  if (!may) return NotLoggedIn("This user cannot log in.");
  if (!ended_key.empty()) {
    const auto erased = store_.Erase(Table::kSessions, ended_key, Durability::kBuffered);
    if (!erased.ok()) return erased.error();
  }
  const std::string sid = NewSessionId();
  const Timestamp now = options_.clock();
  const SessionRow row{session.tenant, session.user_id, user->credential_id, now, now};
  // Synced, and with it the erased one before it.
  const auto put = store_.Put(Table::kSessions, StoreKey(sid), ToRow(row), Durability::kSynced);
  if (!put.ok()) return put.error();
  return SetCookie(SignSession(sid, options_.secrets.front()), secure || options_.always_secure);
}

void EmbeddedSessions::End(const std::vector<std::string_view>& cookies,
                           std::function<void(Result<std::string>)> then) {
  const std::string key = KeyOf(cookies);
  if (key.empty()) return then(ClearCookie());
  if (!writer_.Post([this, key, then] {
        const auto erased = store_.Erase(Table::kSessions, key, Durability::kSynced);
        then(erased.ok() ? Result<std::string>(ClearCookie()) : erased.error());
      })) {
    then(TooManyWrites());
  }
}

Result<int> EmbeddedSessions::Sweep() {
  const Timestamp now = options_.clock();
  swept_ = now.milliseconds;
  std::vector<std::string> ended;
  const auto scanned =
      store_.Scan(Table::kSessions, [&](std::string_view key, std::string_view value) {
        SessionRow row;
        if (!FromRow(value, &row) || Ended(row, now, options_)) ended.emplace_back(key);
        return true;
      });
  if (!scanned.ok()) return scanned.error();
  for (const std::string& key : ended) {
    const auto erased = store_.Erase(Table::kSessions, key, Durability::kBuffered);
    if (!erased.ok()) return erased.error();
  }
  return static_cast<int>(ended.size());
}

}  // namespace contacts
