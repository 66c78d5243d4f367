// The read model of what a tenant's readers stepped over.
#pragma once

#include "events/record.h"
#include "projections/round.h"
#include "projections/rows.h"

namespace contacts {

void ApplyToSuperseded(const Record& record, const ChainDisowned& event, TenantRow* tenant,
                       Round* round);

}  // namespace contacts
