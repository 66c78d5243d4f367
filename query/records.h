// The records of a tenant's history, byte for byte.
#pragma once

#include <functional>
#include <string_view>

#include "events/values/ids.h"
#include "projections/store/view_store.h"

namespace contacts::query {

// Hands the records from `first` to `last`, both included and cut to what exists, to `visit` in
// order until it returns false; all are read at one position. The history of a parked tenant goes
// on beyond what is applied, and is read, too. The view of the bytes is valid during the call.
// Returns the position of the last record handed over; `first` - 1: none. Throws StoreFailure, also
// when a record of history is missing.
Sequence ReadRecords(const ViewStore& views, const TenantId& tenant, Sequence first, Sequence last,
                     const std::function<bool(Sequence, std::string_view)>& visit);

}  // namespace contacts::query
