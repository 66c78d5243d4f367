// Checks that a tenant, a user, a token or a role that an operator named exists. The messages name
// the nearest one that does. All throw StoreFailure.
#pragma once

#include <optional>
#include <string>

#include "events/values/error.h"
#include "infra/ops/operations.h"

namespace contacts::ops {

// The path of the fault which says that `create` in the request makes the missing tenant or role.
inline constexpr const char* kCreate = "/create";

// For operations that make a tenant or give a role. kNotFound with the fault kCreate when the
// tenant has no history yet, or the role is unknown (no right names it, no user of the tenant has
// it), and the request does not say `create`.
std::optional<Error> CheckMade(const OpsContext& context, const OpsRequest& request,
                               const TenantId& tenant, const std::optional<std::string>& role = {});

// For all other operations. kNotFound: neither history nor entries of the log name the tenant.
std::optional<Error> CheckTenant(const OpsContext& context, const TenantId& tenant);

// kNotFound for a missing user or live token; the message says when the tenant is missing, too.
Error NoUser(const OpsContext& context, const TenantId& tenant, const std::string& typed);
Error NoToken(const OpsContext& context, const TenantId& tenant, const std::string& typed);

}  // namespace contacts::ops
