// Which keys history erased. Whoever keeps keys (events/seal/keyring.h) asks here.
#pragma once

#include <utility>
#include <vector>

#include "events/erasure.h"
#include "events/seal/leaf.h"
#include "events/values/ids.h"
#include "projections/store/view_store.h"

namespace contacts {

// The leaves that the erasure names; the tenant's records before it are in the views. Throws
// StoreFailure.
std::vector<seal::Leaf> LeavesOf(const Erasure& erasure, const ViewReader& views);

// All leaves that the views know to be erased; one may come twice. Throws StoreFailure.
std::vector<std::pair<TenantId, seal::Leaf>> LeavesErasedBefore(const ViewReader& views);

}  // namespace contacts
