// Which contacts a stretch of history changed.
#pragma once

#include <optional>
#include <vector>

#include "events/values/ids.h"
#include "projections/store/view_store.h"
#include "query/list/byte_budget.h"

namespace contacts::query {

// The contacts that the records after `after`, up to and including `last`, may have changed.
// nullopt: reading all contacts again is cheaper (more than `most` records), this build does not
// know one of the records, or the budget is spent. Throws StoreFailure.
std::optional<std::vector<ContactId>> ChangedContacts(const ViewReader& views,
                                                      const TenantId& tenant, Sequence after,
                                                      Sequence last, int64_t most,
                                                      ByteBudget* budget);

}  // namespace contacts::query
