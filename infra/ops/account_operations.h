// The operations on invitations, machines' tokens and tenants. Each blocks until it is done.
#pragma once

#include "infra/ops/operations.h"

namespace contacts::ops {

// A link for the user; printed, and kept nowhere.
Result<OpsAnswer> InviteUser(const OpsContext& context, const OpsRequest& request,
                             const TenantId& tenant);

// A token; printed this once, and kept nowhere.
Result<OpsAnswer> AddToken(const OpsContext& context, const OpsRequest& request,
                           const TenantId& tenant);
Result<OpsAnswer> ListTokens(const OpsContext& context, const TenantId& tenant);
Result<OpsAnswer> RevokeToken(const OpsContext& context, const OpsRequest& request,
                              const TenantId& tenant);

Result<OpsAnswer> ListTenants(const OpsContext& context);
Result<OpsAnswer> LimitTenant(const OpsContext& context, const OpsRequest& request,
                              const TenantId& tenant);

// Addresses from which all log-ins are refused after too many failures, and an end of one's lock.
Result<OpsAnswer> ListAddresses(const OpsContext& context);
Result<OpsAnswer> UnlockAddress(const OpsContext& context, const OpsRequest& request);

}  // namespace contacts::ops
