// Makes a list from the rows at one position, and from the parts of an older list that are current.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "events/values/ids.h"
#include "projections/store/view_store.h"
#include "query/access.h"
#include "query/list/byte_budget.h"
#include "query/list/list.h"

namespace contacts::query {

enum class ListKind {
  kContacts,  // each contact that the viewer sees, whole
  kMentions,  // what a mention shows of each active contact that the viewer sees
};

// The list at `snapshot`; `access` must be read from that snapshot. `before`: an older list of the
// same tenant, kind and viewer, whose parts are shared where no contact changed; nullptr: none.
// Returns nullptr if the list costs more than `most`, which counts bytes of the rows and records
// that are read; it reads at most one row more than that. Throws StoreFailure.
std::shared_ptr<const List> RenderList(const ViewReader& snapshot, ListKind kind,
                                       const TenantId& tenant, const AccessSnapshot& access,
                                       const List* before, size_t most = ByteBudget::kNoLimit,
                                       const std::shared_ptr<TextLedger>& ledger = nullptr);

// Stands for all that a list made from `snapshot` depends on: all of history that changed a
// contact, the viewer, the release, and `more`. Throws StoreFailure.
std::string ListTag(const ViewReader& snapshot, ListKind kind, const TenantId& tenant,
                    const AccessSnapshot& access, const std::string& more = {});

// The tag that the list has now. Renders nothing. Throws StoreFailure.
struct TagNow {
  std::string tag;
  Sequence position;
  std::optional<Sequence> parked;  // as ListReading has it
  int64_t epoch = kFirstEpoch;
};
TagNow ReadTag(const ViewStore& views, ListKind kind, const Asker& asker);

}  // namespace contacts::query
