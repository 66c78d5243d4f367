// The operations on the users and the history of one tenant. Each blocks until it is done.
#pragma once

#include "command/command.h"
#include "infra/ops/operations.h"
#include "projections/store/rows.h"

namespace contacts::ops {

inline constexpr const char* kParent = "the hash that the entries are chained on, 64 hex digits";

// One run of one operation. `request` has all arguments that the operation needs; `context` and
// `request` must outlive the run.
class TenantRun {
 public:
  TenantRun(const OpsContext& context, const OpsRequest& request, TenantId tenant)
      : context_(context), request_(request), tenant_(std::move(tenant)) {}

  Result<OpsAnswer> AddUser();
  Result<OpsAnswer> SetPassword();
  Result<OpsAnswer> ChangeUser(std::optional<std::string> role, std::optional<bool> disabled);
  Result<OpsAnswer> EndSessions();
  Result<OpsAnswer> Unlock();
  Result<OpsAnswer> ListUsers();
  Result<OpsAnswer> Disown();

 private:
  std::optional<Error> Submit(Intent intent);
  std::optional<Error> CheckPassword() const;
  std::optional<Error> StorePassword();
  Result<OpsAnswer> TheUser();
  std::string Show(const UserRow& user) const;

  const OpsContext& context_;
  const OpsRequest& request_;
  const TenantId tenant_;
};

}  // namespace contacts::ops
