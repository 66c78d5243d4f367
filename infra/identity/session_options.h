// What sessions have in common, whichever store keeps them.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "events/values/result.h"
#include "events/values/time.h"
#include "infra/identity/cookie.h"
#include "infra/identity/sessions.h"

namespace contacts {

struct SessionOptions {
  std::vector<std::string> secrets;  // the first signs, all verify; at least one
  CookieOptions cookie;
  std::chrono::milliseconds idle{24 * 3600 * 1000};  // ends without a request for so long …
  std::chrono::milliseconds absolute{7 * 24 * 3600 * 1000};  // … and in any case after this
  std::function<Timestamp()> clock;                          // empty: the system's
  UnreadyTenant unready = {};                                // empty: none is
};

// The clock of `options`, or the system's.
Timestamp Now(const SessionOptions& options);

// The session id that the cookies name; kUnauthenticated: there is no cookie, or none of the
// secrets signed it.
Result<std::string> SessionIdIn(const std::vector<std::string_view>& cookies,
                                const SessionOptions& options);

}  // namespace contacts
