// The records of a tenant's history, the very bytes.
#pragma once

#include <functional>
#include <string_view>

#include "events/values/ids.h"
#include "projections/store/view_store.h"

namespace contacts::query {

// Hands over the records from `first` to `last`, both included and cut to what there is, in order,
// until `visit` says false; all of one position. While a tenant is parked its history goes on
// beyond what is applied, and is read all the same. The view of the bytes is valid during the call.
// The position of the last record handed over; `first` - 1: none. Throws StoreFailure, also when a
// record of history is missing.
Sequence ReadRecords(const ViewStore& views, const TenantId& tenant, Sequence first, Sequence last,
                     const std::function<bool(Sequence, std::string_view)>& visit);

}  // namespace contacts::query
