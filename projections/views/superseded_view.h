// The read model of what a tenant's readers stepped over.
#pragma once

#include "events/record.h"
#include "projections/store/round.h"
#include "projections/store/rows.h"

namespace contacts {

void ApplyToSuperseded(const Record& record, TenantRow* tenant, Round* round);

}  // namespace contacts
