// Applies a record of history to all read models of its tenant.
#pragma once

#include <optional>

#include "events/erasure.h"
#include "events/record.h"
#include "projections/store/round.h"
#include "projections/store/rows.h"

namespace contacts {

// `tenant`: its row, which the caller writes. Returns what the record erased; nullopt: nothing.
// Throws StoreFailure.
std::optional<Erasure> ApplyRecord(const Record& record, TenantRow* tenant, Round* round);

// A parked tenant obeys a PersonErased at once, though records before it are not applied yet: from
// now on all that it erases counts as withheld, in the rows and in those records. When the record
// itself is applied, the rows are those of a tenant that was never parked.
std::optional<Erasure> ObeyErasure(const Record& record, TenantRow* tenant, Round* round);

}  // namespace contacts
