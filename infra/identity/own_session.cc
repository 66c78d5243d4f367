#include "infra/identity/own_session.h"

#include <optional>
#include <stdexcept>
#include <utility>

#include "infra/base/log.h"
#include "infra/base/random.h"
#include "infra/identity/may_log_in.h"
#include "projections/view_lookup.h"

namespace contacts {
namespace {

// Instances lag by moments only. A session that does not fit its user for longer belongs to another
// history, and without this bound its client would be told to wait for ever.
constexpr int64_t kCatchUpMilliseconds = 60'000;
// A session that began this far ahead of now was made with a wrong clock, and would live until
// that time comes. With a smaller difference the present clock may be the wrong one, so reads go
// on.
constexpr int64_t kAheadMilliseconds = int64_t{48} * 3600 * 1000;

Error UsersUnreadable(const StoreFailure& failure) {
  log::Error("users cannot be read", {{"cause", failure.what()}});
  return {ErrorCode::kUnavailable, "The users cannot be read.", {}, 1};
}

// Only the holder of the session's secret learns this.
Error BeganInLostPart() {
  return NotLoggedIn(
      "The session began in a part of the history that was lost when an older copy of the log was "
      "put in its place; log in again.");
}

bool Fits(const OwnSession& own, const std::optional<UserRow>& user, const ViewLookup& lookup) {
  return user && MayLogIn(lookup, own.tenant, *user) && user->credential_id == own.credential_id &&
         own.position.sequence >= user->sessions_ended;
}

}  // namespace

Result<OwnSession> BeginOwn(const ViewReader& views, const Session& login, Timestamp now) {
  try {
    const ViewLookup lookup(views);
    // Read before the user, so that a change of the user in between ends the session.
    const TenantRow tenant = lookup.Tenant(login.tenant);
    const Position position = PositionAt(tenant, tenant.applied);
    const auto user = lookup.UserById(login.tenant, login.user_id);
    if (!user || !MayLogIn(lookup, login.tenant, *user)) {
      return NotLoggedIn("This user cannot log in.");
    }
    if (!login.credential_id.empty() && login.credential_id != user->credential_id) {
      return NotLoggedIn("The password has just been changed; log in again.");
    }
    return OwnSession{login.tenant, login.user_id, user->credential_id, position, now};
  } catch (const StoreFailure& failure) {
    return UsersUnreadable(failure);
  }
}

Result<Session> JudgeOwn(const ViewReader& views, const OwnSession& own, Timestamp now,
                         const UnreadyTenant& unready) {
  if (own.begun.milliseconds - now.milliseconds > kAheadMilliseconds) return SessionEnded();
  try {
    const ViewLookup lookup(views);
    // Another user may have got the id since, and another contact that of the user's.
    const PositionIs begun = lookup.Find(own.tenant, own.position);
    if (begun == PositionIs::kLost) return BeganInLostPart();
    const auto user = lookup.UserById(own.tenant, own.user_id);
    if (Fits(own, user, lookup)) {
      return Session{own.tenant,       own.user_id,      user->username,
                     user->state.role, user->contact_id, user->credential_id};
    }
    // The user may be in a part of the log that was not read.
    if (const auto why = unready ? unready(own.tenant) : std::nullopt) return ForStrangers(*why);
    if (now.milliseconds - own.begun.milliseconds < kCatchUpMilliseconds &&
        begun != PositionIs::kApplied) {
      return Error{ErrorCode::kUnavailable,
                   "This instance has not yet read the log up to where the session began.",
                   {},
                   1};
    }
    return SessionEnded();
  } catch (const StoreFailure& failure) {
    return UsersUnreadable(failure);
  }
}

std::string NewSessionId() {
  uint8_t random[24];
  FillRandom(random, sizeof random);
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string sid;
  for (size_t i = 0; i < sizeof random; i += 3) {
    const unsigned bits = (random[i] << 16u) | (random[i + 1] << 8u) | random[i + 2];
    for (int shift = 18; shift >= 0; shift -= 6) sid += kAlphabet[(bits >> shift) & 63];
  }
  return sid;
}

Error NotLoggedIn(std::string message) { return {ErrorCode::kUnauthenticated, std::move(message)}; }
Error SessionEnded() { return NotLoggedIn("The session has ended; log in again."); }

}  // namespace contacts
