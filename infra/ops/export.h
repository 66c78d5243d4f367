// The export of a tenant's history: its very records, one a line, and if it is open the plain text
// of their sealed blocks (docs/export.md).
#pragma once

#include "infra/ops/operations.h"

namespace contacts::ops {

// One page. An open export makes a record, Disclosed, before its first page holds any plain text;
// the further pages name that record, and disclose nothing that it does not cover. Blocks that are
// erased are left out. kUnavailable: the record cannot be made, or a key is not at hand.
//
// With a contact: the plain text of what was recorded about the contact and its account, and of
// those who acted as it: with its account, or in a session that spoke for it.
Result<OpsAnswer> Export(const OpsContext& context, const OpsRequest& request,
                         const TenantId& tenant);

}  // namespace contacts::ops
