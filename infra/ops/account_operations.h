// The operations on invitations, tokens for machines, tenants and locked addresses. Each blocks
// until it is done.
#pragma once

#include "infra/ops/operations.h"

namespace contacts::ops {

// Returns a link for the user, which is stored nowhere.
Result<OpsAnswer> InviteUser(const OpsContext& context, const OpsRequest& request,
                             const TenantId& tenant);

// Returns a token, which is stored nowhere.
Result<OpsAnswer> AddToken(const OpsContext& context, const OpsRequest& request,
                           const TenantId& tenant);
Result<OpsAnswer> ListTokens(const OpsContext& context, const TenantId& tenant);
Result<OpsAnswer> RevokeToken(const OpsContext& context, const OpsRequest& request,
                              const TenantId& tenant);

Result<OpsAnswer> ListTenants(const OpsContext& context);
Result<OpsAnswer> LimitTenant(const OpsContext& context, const OpsRequest& request,
                              const TenantId& tenant);

// Addresses from which all log-ins are refused after too many failures.
Result<OpsAnswer> ListAddresses(const OpsContext& context);
Result<OpsAnswer> UnlockAddress(const OpsContext& context, const OpsRequest& request);

}  // namespace contacts::ops
