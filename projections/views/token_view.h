// The read models of machines' tokens: what each may, and which name is taken.
#pragma once

#include "events/record.h"
#include "projections/store/round.h"

namespace contacts {

void ApplyToTokens(const Record& record, Round* round);

}  // namespace contacts
