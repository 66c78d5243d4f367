// Who asks with `Authorization: Bearer`: a machine, by a token that an operator gave out.
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

  // As a user "token:<id>" of the token's name, with the role "token:<scope>". Looked up in the
  // views each time, so that a revoked token ends at once. kUnauthenticated says the same of one
  // that never was, is revoked or has expired. Throws StoreFailure.
  Result<Session> Find(std::string_view token) const;

 private:
  const ViewReader& views_;
  const std::function<Timestamp()> clock_;
};

}  // namespace contacts
