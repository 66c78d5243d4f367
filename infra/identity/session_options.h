// Options of sessions in either store.
#pragma once

#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/values/result.h"
#include "events/values/time.h"
#include "infra/base/replaceable.h"
#include "infra/identity/cookie.h"
#include "infra/identity/sessions.h"
#include "infra/identity/unready_tenant.h"

namespace contacts {

// The secrets that sign sessions, at least one: the first signs, all verify. Any thread. Copies
// share their secrets: Replace on one changes all.
class SessionSecrets {
 public:
  SessionSecrets() : SessionSecrets(std::vector<std::string>()) {}
  SessionSecrets(std::vector<std::string> secrets)  // NOLINT(google-explicit-constructor)
      : secrets_(std::make_shared<Replaceable<std::vector<std::string>>>(std::move(secrets))) {}
  SessionSecrets(std::initializer_list<std::string> secrets)
      : SessionSecrets(std::vector<std::string>(secrets)) {}

  // Returns the same object until the secrets are replaced.
  const std::vector<std::string>& all() const { return secrets_->Get(); }
  const std::string& first() const { return all().front(); }
  void Replace(std::vector<std::string> secrets) const { secrets_->Replace(std::move(secrets)); }

 private:
  std::shared_ptr<Replaceable<std::vector<std::string>>> secrets_;
};

struct SessionOptions {
  SessionSecrets secrets;
  CookieOptions cookie;
  std::chrono::milliseconds idle{24 * 3600 *
                                 1000};  // a session ends after this without a request …
  std::chrono::milliseconds absolute{7 * 24 * 3600 * 1000};  // … and after this in any case
  std::function<Timestamp()> clock;                          // empty: the system's
  UnreadyTenant unready = {};                                // empty: every tenant is ready
};

// The clock of `options`, or the system's.
Timestamp Now(const SessionOptions& options);

// The session id that the cookies name; kUnauthenticated: there is no cookie, or none of the
// secrets signed it.
Result<std::string> SessionIdIn(const std::vector<std::string_view>& cookies,
                                const SessionOptions& options);

}  // namespace contacts
