// The state of an instance, for operators and for tests.
#pragma once

#include <string>

#include "infra/base/health.h"
#include "infra/instance/instance.h"
#include "infra/ops/shown_state.h"
#include "projections/store/view_store.h"

namespace contacts {

enum class WithDigest { kNo, kYes };

// ShownState as JSON with a line feed; partitions and tenants come from one snapshot. `locks`:
// those of addresses. The digest (projections/store/describe.h) reads all rows. Throws
// StoreFailure.
std::string StateReport(const ViewStore& views, const InstanceStatus& status, const Health& health,
                        InstanceFacts facts, std::vector<ops::ShownLock> locks, WithDigest digest);

}  // namespace contacts
