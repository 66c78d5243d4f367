// The JSON of a session under its key in Redis, as express-session and connect-redis write it.
//
//   {"cookie":{"originalMaxAge":86400000,"expires":"2026-11-24T10:00:00.123Z","httpOnly":true,
//              "path":"/","sameSite":"lax"},
//    "user":{"id":"7","username":"jane","role":"admin","tenantId":"acme","contactId":42},
//    "contactsSession":{"version":1,"tenant":"acme","userId":"7","credentialId":"…","position":17,
//                       "begun":"2026-11-23T10:00:00.123Z"}}
//
// `user` lies where SessionFields say. `contactsSession` marks a session that began here: it holds
// an OwnSession, and only by it the user is judged. It counts as long as it and `user` name the
// same user of the same tenant; another user there logged in elsewhere, in the same session.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "infra/identity/json_pointer.h"
#include "infra/identity/own_session.h"
#include "infra/identity/session_options.h"

namespace contacts {

// Where the session's JSON says who its user is.
struct SessionFields {
  JsonPointer id, username, role, tenant, contact;

  // kBadRequest names the fault: no JSON pointer, one inside another, or one that points at the
  // whole, at `cookie` or at the mark of our sessions.
  static Result<SessionFields> Of(const std::string& id, const std::string& username,
                                  const std::string& role, const std::string& tenant,
                                  const std::string& contact);
  static SessionFields
  Usual();  // /user/id /user/username /user/role /user/tenantId /user/contactId
};

struct StoredSession {
  std::optional<OwnSession> own;     // it began here …
  Session session;                   // … or elsewhere, and its user is as it says there
  std::chrono::milliseconds life{};  // a touch makes it live so long again
  std::optional<Timestamp> expires;  // counts for a key that does not expire by itself
};

// Other members may be anything. kUnauthenticated: nobody has logged in there. kBadRequest: what it
// says of its user cannot be used, and why.
Result<StoredSession> ReadSession(std::string_view json, const SessionFields& fields);

// Of a session that begins here. `secure`: as the cookie's attribute is.
std::string WriteSession(const OwnSession& own, const Session& user, const SessionFields& fields,
                         const SessionOptions& options, bool secure);

}  // namespace contacts
