#include "query/records.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "projections/view_lookup.h"

namespace contacts::query {

Sequence ReadRecords(const ViewStore& views, const TenantId& tenant, Sequence first, Sequence last,
                     const std::function<bool(Sequence, std::string_view)>& visit) {
  const std::unique_ptr<ViewReader> snapshot = views.Snapshot();
  const ViewLookup lookup(*snapshot);
  const Sequence end = std::min(last, lookup.Tenant(tenant).head);
  Sequence done{std::max<int64_t>(first.value, 1) - 1};
  while (done < end) {
    const std::optional<std::string> bytes = lookup.RecordAt(tenant, Next(done));
    if (!bytes) {
      throw StoreFailure("record " + std::to_string(done.value + 1) + " of tenant " + tenant.value +
                         " is missing; rebuild the read models");
    }
    done = Next(done);
    if (!visit(done, *bytes)) break;
  }
  return done;
}

}  // namespace contacts::query
