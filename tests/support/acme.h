// The tenant of most tests.
#pragma once

#include "events/values/ids.h"

namespace contacts {

inline const TenantId kAcme{"acme"};

}  // namespace contacts
