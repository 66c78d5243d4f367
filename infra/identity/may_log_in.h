// Which of our own users may be logged in: asked at each login and at each request, so that what
// changes counts at once, everywhere.
#pragma once

#include "projections/view_lookup.h"

namespace contacts {

// Not one that is disabled; and an account follows its contact: not while that is not active.
// Throws StoreFailure.
bool MayLogIn(const ViewLookup& lookup, const TenantId& tenant, const UserRow& user);

}  // namespace contacts
