// The JSON of a session under its key in Redis, as express-session and connect-redis write it.
//
//   {"cookie":{"originalMaxAge":86400000,"expires":"2026-11-24T10:00:00.123Z","httpOnly":true,
//              "path":"/","sameSite":"lax"},
//    "user":{"id":"7","username":"jane","role":"admin","tenantId":"acme","contactId":42},
//    "contactsSession":{"version":1,"tenant":"acme","userId":"7","username":"jane",
//                       "credentialId":"…","position":17,"begun":"2026-11-23T10:00:00.123Z"}}
//
// `user` lies where SessionFields say. A session that began here has `contactsSession`, which holds
// an OwnSession and alone decides who the user is. It counts as long as it and `user` have the same
// tenant, user id and user name; otherwise another user logged in elsewhere, in the same session.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "infra/identity/json_pointer.h"
#include "infra/identity/own_session.h"
#include "infra/identity/session_options.h"

namespace contacts {

inline constexpr std::string_view kOwnSessionMember = "contactsSession";
inline constexpr std::string_view kOwnSessionVersion = "1";

// Where the session's JSON says who its user is.
struct SessionFields {
  JsonPointer id, username, role, tenant, contact;

  // kBadRequest names the fault: not a JSON pointer, one inside another, or one that points at the
  // whole, at `cookie` or at `contactsSession`.
  static Result<SessionFields> Of(const std::string& id, const std::string& username,
                                  const std::string& role, const std::string& tenant,
                                  const std::string& contact);
  // /user/id /user/username /user/role /user/tenantId /user/contactId
  static SessionFields Usual();
};

struct StoredSession {
  std::optional<OwnSession> own;     // set: it began here …
  Session session;                   // … else it began elsewhere, and this is what its JSON says
  std::chrono::milliseconds life{};  // a touch extends it to this time from now
  std::optional<Timestamp> expires;  // counts only if the key has no expiry
};

// Other members may be anything. kUnauthenticated: no user has logged in there. kBadRequest: its
// user's data cannot be used; the message says why.
Result<StoredSession> ReadSession(std::string_view json, const SessionFields& fields);

// The JSON of a session that begins here. `secure`: the cookie has the attribute Secure.
std::string WriteSession(const OwnSession& own, const Session& user, const SessionFields& fields,
                         const SessionOptions& options, bool secure);

}  // namespace contacts
