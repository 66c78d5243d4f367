// Whether there is what an operator named: a tenant, a user, a role. The messages name the nearest
// one that there is. All throw StoreFailure.
#pragma once

#include <optional>
#include <string>

#include "events/values/error.h"
#include "infra/ops/operations.h"

namespace contacts::ops {

// The path of the fault that says: `create` in the request makes what is not there.
inline constexpr const char* kCreate = "/create";

// For operations that make a tenant or give a role. kNotFound with the fault kCreate when the
// tenant has no history yet, or nobody has heard of the role (no right knows it, no user of the
// tenant has it), and the request does not say `create`.
std::optional<Error> CheckMade(const OpsContext& context, const OpsRequest& request,
                               const TenantId& tenant, const std::optional<std::string>& role = {});

// For the others. kNotFound: neither history nor entries of the log have the tenant.
std::optional<Error> CheckTenant(const OpsContext& context, const TenantId& tenant);

// kNotFound, for a user and a live token that are not there, maybe because the tenant is not.
Error NoUser(const OpsContext& context, const TenantId& tenant, const std::string& typed);
Error NoToken(const OpsContext& context, const TenantId& tenant, const std::string& typed);

}  // namespace contacts::ops
