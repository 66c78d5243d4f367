#include "infra/identity/session_options.h"

#include "infra/base/system_clock.h"
#include "infra/identity/own_session.h"

namespace contacts {

Timestamp Now(const SessionOptions& options) {
  return options.clock ? options.clock() : SystemTime();
}

Result<std::string> SessionIdIn(const std::vector<std::string_view>& cookies,
                                const SessionOptions& options) {
  const auto value = FindCookie(cookies, options.cookie.name);
  if (!value) return NotLoggedIn("Log in first.");
  auto sid = VerifySession(*value, options.secrets.all());
  if (!sid) return NotLoggedIn("The session cookie is not valid; log in again.");
  return *std::move(sid);
}

}  // namespace contacts
