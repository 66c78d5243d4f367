// The read model of a tenant's superseded entries.
#pragma once

#include "events/record.h"
#include "projections/store/round.h"
#include "projections/store/rows.h"

namespace contacts {

void ApplyToSuperseded(const Record& record, TenantRow* tenant, Round* round);

}  // namespace contacts
