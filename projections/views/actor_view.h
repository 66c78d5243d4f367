// The read models of those who act: which of them are erased, which were seen with which contact,
// and which keys they used.
#pragma once

#include <string>

#include "events/record.h"
#include "projections/store/round.h"
#include "projections/store/rows.h"

namespace contacts {

// `tenant`: after the record.
void ApplyToActors(const Record& record, const TenantRow& tenant, Round* round);

// The first record that an actor made with a key answers that key for ever, or until the actor is
// erased.
void ApplyKey(const Record& record, const TenantRow& tenant, Round* round);

// The actor is erased from now on; `at`: the record that says so. Its rows go.
void EraseActor(const TenantId& tenant, const std::string& actor, Sequence at, Round* round);

}  // namespace contacts
