// What a session that began here holds, whichever store keeps it: who logged in, and by what. What
// the user may do is not in it, but looked up in the users view at each request, so that a changed
// role, a disabled user, a new password and "log out everywhere" count at once, on each instance.
#pragma once

#include <string>

#include "events/values/ids.h"
#include "events/values/result.h"
#include "events/values/time.h"
#include "infra/identity/sessions.h"
#include "projections/store/view_store.h"

namespace contacts {

struct OwnSession {
  TenantId tenant;
  UserId user_id;
  std::string credential_id;  // the password that it began with; a new one ends it
  Sequence position;          // where the tenant stood; a later SessionsEnded ends it
  Timestamp begun;

  bool operator==(const OwnSession&) const = default;
};

// For who has just logged in. kUnauthenticated: there is no such user any more, it is disabled, or
// its password is another by now. kUnavailable: the users cannot be read.
Result<OwnSession> BeginOwn(const ViewReader& views, const Session& login, Timestamp now);

// What its user is now. kUnauthenticated: it has ended. kUnavailable: the users cannot be read,
// this instance has not come to where the session began, or `unready` says why it cannot tell.
Result<Session> JudgeOwn(const ViewReader& views, const OwnSession& own, Timestamp now,
                         const UnreadyTenant& unready = {});

// 24 random bytes in base64url, as express-session makes them.
std::string NewSessionId();

// kUnauthenticated with that message.
Error NotLoggedIn(std::string message);
Error SessionEnded();

}  // namespace contacts
