// Decides which of our own users may be logged in: asked at each login and each request, so that a
// change counts immediately on all instances.
#pragma once

#include "projections/view_lookup.h"

namespace contacts {

// False: the user is disabled, or its contact is missing or not active. Throws StoreFailure.
bool MayLogIn(const ViewLookup& lookup, const TenantId& tenant, const UserRow& user);

}  // namespace contacts
