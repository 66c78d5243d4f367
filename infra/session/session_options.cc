#include "infra/session/session_options.h"

#include "infra/session/own_session.h"

namespace contacts {

Timestamp Now(const SessionOptions& options) {
  if (options.clock) return options.clock();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

Result<std::string> SessionIdIn(const std::vector<std::string_view>& cookies,
                                const SessionOptions& options) {
  const auto value = FindCookie(cookies, options.cookie.name);
  if (!value) return NotLoggedIn("Log in first.");
  auto sid = VerifySession(*value, options.secrets);
  if (!sid) return NotLoggedIn("The session cookie is not valid; log in again.");
  return *std::move(sid);
}

}  // namespace contacts
