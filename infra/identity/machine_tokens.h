// Authenticates `Authorization: Bearer`: machines, by a token that an operator issued.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "events/values/result.h"
#include "events/values/time.h"
#include "infra/identity/sessions.h"
#include "projections/store/view_store.h"

namespace contacts {

// Any thread.
class MachineTokens {
 public:
  // `views` must outlive it.
  MachineTokens(const ViewReader& views, std::function<Timestamp()> clock)
      : views_(views), clock_(std::move(clock)) {}

  // A session of the user "token:<id>" with the token's name and the role "token:<scope>". Looks
  // the token up in the views each time, so that a revoked one ends immediately. kUnauthenticated
  // is the same for a token that never existed, is revoked or has expired. Throws StoreFailure.
  Result<Session> Find(std::string_view token) const;

 private:
  const ViewReader& views_;
  const std::function<Timestamp()> clock_;
};

}  // namespace contacts
