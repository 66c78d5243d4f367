// The read models of machines' tokens: what each may do, and which names are taken.
#pragma once

#include "events/record.h"
#include "projections/store/round.h"

namespace contacts {

void ApplyToTokens(const Record& record, Round* round);

}  // namespace contacts
