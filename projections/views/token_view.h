// The read models of machines' tokens: what each may, and which name is taken.
#pragma once

#include "events/record.h"
#include "projections/store/round.h"
#include "projections/store/rows.h"

namespace contacts {

void ApplyToTokens(const Record& record, const TokenIssued& event, TenantRow* tenant, Round* round);
void ApplyToTokens(const Record& record, const TokenRevoked& event, TenantRow* tenant,
                   Round* round);

}  // namespace contacts
