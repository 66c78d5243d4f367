// The read models of users: each user, the names, and the user that came with a contact.
#pragma once

#include "events/record.h"
#include "projections/store/round.h"

namespace contacts {

void ApplyToUsers(const Record& record, Round* round);

}  // namespace contacts
