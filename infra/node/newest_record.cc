#include "infra/node/newest_record.h"

#include <algorithm>

#include "events/rows/row_archive.h"
#include "projections/store/rows.h"

namespace contacts {

Timestamp NewestRecord(const ViewReader& views) {
  Timestamp newest{0};
  views.Scan(View::kTenants, "", "", [&newest](std::string_view, std::string_view value) {
    TenantRow row;
    if (!FromRow(value, &row)) throw StoreFailure("a row of the tenants cannot be read");
    newest = std::max(newest, row.time);
    return true;
  });
  return newest;
}

}  // namespace contacts
