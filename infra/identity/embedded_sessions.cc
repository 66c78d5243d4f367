#include "infra/identity/embedded_sessions.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "events/rows/row_archive.h"
#include "events/values/field.h"
#include "events/values/hash.h"
#include "infra/base/log.h"
#include "infra/identity/cookie.h"
#include "infra/identity/own_session.h"

namespace contacts {
namespace {

using Table = LocalStore::Table;
using Durability = LocalStore::Durability;

constexpr size_t kMaxWaitingWrites = 1024;
constexpr size_t kMaxChecked = 4096;          // each takes at most about 1.5 kB
constexpr int64_t kSweepEvery = 3600 * 1000;  // milliseconds
constexpr int kSweptAtOnce = 2000;            // rows; some ten milliseconds
// A request moves the idle end, but "last seen" is written at most once in this part of the idle
// time: idle / kSeenParts.
constexpr int64_t kSeenParts = 100;

struct SessionRow {
  static constexpr int kRowVersion = 3;
  OwnSession own;
  Timestamp seen;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("tenant", own.tenant), Field("userId", own.user_id),
       Field("credentialId", own.credential_id), Field("position", own.position.sequence),
       Field("epoch", own.position.epoch), Field("begun", own.begun), Field("seen", seen));
  }
};

// Only hashes are stored, so that a copied directory holds no live session.
std::string StoreKey(std::string_view sid) {
  const Hash hash = Sha256(sid);
  return {reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()};
}

Error TooManyWrites() {
  return {ErrorCode::kUnavailable, "Too many log-ins and log-outs at the same time.", {}, 1};
}

bool Ended(const SessionRow& row, Timestamp now, const SessionOptions& options) {
  return now.milliseconds - row.seen.milliseconds >= options.idle.count() ||
         now.milliseconds - row.own.begun.milliseconds >= options.absolute.count();
}

Timestamp SeenIsNotedNext(const SessionRow& row, const SessionOptions& options) {
  return {row.seen.milliseconds + options.idle.count() / kSeenParts};
}

}  // namespace

EmbeddedSessions::EmbeddedSessions(LocalStore& store, const ViewStore& views,
                                   SessionOptions options)
    : store_(store),
      views_(views),
      options_(std::move(options)),
      checked_(views, kMaxChecked),
      writer_(1, kMaxWaitingWrites, {"session writer"}) {}

std::string EmbeddedSessions::KeyOf(const std::vector<std::string_view>& cookies) const {
  const auto sid = SessionIdIn(cookies, options_);
  return sid.ok() ? StoreKey(*sid) : std::string();
}

void EmbeddedSessions::Find(const std::vector<std::string_view>& cookies, SessionUse use,
                            std::function<void(Result<Session>)> then) {
  then(Lookup(cookies, use));
}

// Remembered sessions were verified before the secrets were replaced, perhaps by a secret that is
// gone.
void EmbeddedSessions::ForgetWhatOtherSecretsSigned() {
  const std::vector<std::string>* const secrets = &options_.secrets.all();
  if (verified_by_ == secrets) return;
  checked_.AllChanged();  // first: another thread that sees verified_by_ relies on it
  verified_by_ = secrets;
}

Result<Session> EmbeddedSessions::Lookup(const std::vector<std::string_view>& cookies,
                                         SessionUse use) {
  const Timestamp now = Now(options_);
  ForgetWhatOtherSecretsSigned();
  if (const auto known = checked_.Find(cookies, now)) return *known;
  const uint64_t ends = checked_.ends();  // the secrets may be replaced from here on
  const auto sid = SessionIdIn(cookies, options_);
  if (!sid.ok()) return sid.error();
  const std::string key = StoreKey(*sid);
  const auto bytes = store_.Get(Table::kSessions, key);
  if (!bytes.ok()) return bytes.error();
  SessionRow row;
  if (!*bytes || !FromRow(**bytes, &row) || Ended(row, now, options_)) return SessionEnded();
  const auto version = views_.VersionStamp(row.own.tenant);
  auto session = JudgeOwn(views_, row.own, now, options_.unready);
  if (!session.ok()) return session;
  const Timestamp noted_next = SeenIsNotedNext(row, options_);
  if (now < noted_next) {
    const Timestamp over{row.own.begun.milliseconds + options_.absolute.count()};
    checked_.Remember(cookies, *session, ends, version, std::min(noted_next, over));
  } else if (use == SessionUse::kCounts) {
    row.seen = now;
    // The one writer reads the row again, so that a session ended meanwhile does not come back.
    // When its queue is full, a later request writes it.
    (void)writer_.Post([this, key, row] {
      const auto still = store_.Get(Table::kSessions, key);
      if (still.ok() && *still) {
        (void)store_.Put(Table::kSessions, key, ToRow(row), Durability::kBuffered).ok();
      }
    });
  }
  return session;
}

void EmbeddedSessions::Begin(const Session& session, const std::vector<std::string_view>& cookies,
                             bool secure, std::function<void(Result<std::string>)> then) {
  const std::string ended_key = KeyOf(cookies);
  if (!writer_.Post([this, session, ended_key, secure, then] {
        then(Store(session, ended_key, secure));
        const int64_t now = Now(options_).milliseconds;
        if (now - swept_ < kSweepEvery) return;
        swept_ = now;
        SweepFrom("");
      })) {
    then(TooManyWrites());
  }
}

Result<std::string> EmbeddedSessions::Store(const Session& session, const std::string& ended_key,
                                            bool secure) {
  const Timestamp now = Now(options_);
  const auto own = BeginOwn(views_, session, now);
  if (!own.ok()) return own.error();
  if (!ended_key.empty()) {
    const auto erased = Erase(ended_key, Durability::kBuffered);
    if (!erased.ok()) return erased.error();
  }
  const std::string sid = NewSessionId();
  const SessionRow row{*own, now};
  // This sync also covers the row erased before.
  const auto put = store_.Put(Table::kSessions, StoreKey(sid), ToRow(row), Durability::kSynced);
  if (!put.ok()) return put.error();
  return SetCookie(options_.cookie, SignSession(sid, options_.secrets.first()), secure);
}

void EmbeddedSessions::End(const std::vector<std::string_view>& cookies,
                           std::function<void(Result<std::string>)> then) {
  const std::string key = KeyOf(cookies);
  if (key.empty()) return then(ClearCookie(options_.cookie));
  // A client can send the cookie of an ended session at any rate, so that costs no write. If a
  // session is being erased now, this waits for it: until then it may still be remembered.
  const auto row = store_.Get(Table::kSessions, key);
  if (!row.ok()) return then(row.error());
  if (!*row && !erasing_) return then(ClearCookie(options_.cookie));
  if (!writer_.Post([this, key, then] {
        const auto erased = Erase(key, Durability::kSynced);
        then(erased.ok() ? Result<std::string>(ClearCookie(options_.cookie)) : erased.error());
      })) {
    then(TooManyWrites());
  }
}

Result<bool> EmbeddedSessions::Erase(const std::string& key, Durability durability) {
  const auto row = store_.Get(Table::kSessions, key);
  if (!row.ok()) return row.error();
  if (!*row) return true;
  erasing_ = true;
  auto erased = store_.Erase(Table::kSessions, key, durability);
  checked_.SessionEnded();
  erasing_ = false;
  return erased;
}

void EmbeddedSessions::SweepFrom(const std::string& key) {
  const auto sweep = [this, key] {
    const auto next = SweepSlice(key);
    if (!next.ok()) {
      log::Error("sessions cannot be swept", {{"cause", next.error().message}});
    } else if (*next) {
      SweepFrom(**next);
    }
  };
  if (!writer_.Post(sweep, [] {})) swept_ = 0;  // the queue is full: a later log-in begins anew
}

Result<std::optional<std::string>> EmbeddedSessions::SweepSlice(const std::string& from) {
  const Timestamp now = Now(options_);
  std::vector<std::string> ended;
  std::optional<std::string> next;
  int rows = 0;
  const auto visit = [&](std::string_view key, std::string_view value) {
    if (rows++ == kSweptAtOnce) {
      next = std::string(key);
      return false;
    }
    SessionRow row;
    if (!FromRow(value, &row) || Ended(row, now, options_)) ended.emplace_back(key);
    return true;
  };
  const auto scanned = store_.Scan(Table::kSessions, visit, from);
  if (!scanned.ok()) return scanned.error();
  for (const std::string& key : ended) {
    const auto erased = store_.Erase(Table::kSessions, key, Durability::kBuffered);
    if (!erased.ok()) return erased.error();
  }
  return next;
}

}  // namespace contacts
