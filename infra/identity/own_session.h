// The content of a session that began here, in either store: the user, and the password it logged
// in with. Rights are not in it, but looked up in the users view at each request, so that a changed
// role, a disabled user, a new password and "log out everywhere" count immediately on each
// instance.
#pragma once

#include <string>

#include "events/position.h"
#include "events/values/ids.h"
#include "events/values/result.h"
#include "events/values/time.h"
#include "infra/identity/sessions.h"
#include "infra/identity/unready_tenant.h"
#include "projections/store/view_store.h"

namespace contacts {

struct OwnSession {
  TenantId tenant;
  UserId user_id;
  std::string credential_id;  // the password that it began with; a new one ends it
  Position position;          // where the tenant stood; a later SessionsEnded ends it
  Timestamp begun;

  bool operator==(const OwnSession&) const = default;
};

// The session for a user who has just logged in. kUnauthenticated: the user no longer exists, is
// disabled, or has a new password by now. kUnavailable: the users cannot be read.
Result<OwnSession> BeginOwn(const ViewReader& views, const Session& login, Timestamp now);

// The session with its user as it is now. kUnauthenticated: it has ended, or it began in a part of
// history that was lost when an older copy of the log was put in its place. kUnavailable: the users
// cannot be read, this instance has not applied the log up to where the session began, or `unready`
// says why the instance cannot tell.
Result<Session> JudgeOwn(const ViewReader& views, const OwnSession& own, Timestamp now,
                         const UnreadyTenant& unready = {});

// 24 random bytes in base64url, as express-session makes them.
std::string NewSessionId();

// kUnauthenticated with that message.
Error NotLoggedIn(std::string message);
Error SessionEnded();

}  // namespace contacts
