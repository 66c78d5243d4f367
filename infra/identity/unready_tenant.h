// Why this instance cannot answer for a tenant.
#pragma once

#include <functional>
#include <optional>

#include "events/values/error.h"
#include "events/values/ids.h"

namespace contacts {

// Why this instance cannot answer for the tenant: the read models may lack its users. nullopt: it
// can.
using UnreadyTenant = std::function<std::optional<Error>(const TenantId& tenant)>;
// That error for a caller without a session: only the operator and the tenant's users may learn
// why.
inline Error ForStrangers(Error unready) {
  unready.message = "This instance cannot answer just now";
  return unready;
}

}  // namespace contacts
