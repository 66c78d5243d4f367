// The read models of users: who they are, under what name, and which of them a contact came with.
#pragma once

#include "events/record.h"
#include "projections/store/round.h"

namespace contacts {

void ApplyToUsers(const Record& record, Round* round);

}  // namespace contacts
