#include "projections/views/superseded_view.h"

#include "projections/store/keys.h"
#include "projections/views/superseded_chains.h"

namespace contacts {

void ApplyToSuperseded(const Record& record, const ChainDisowned& event, TenantRow* tenant,
                       Round* round) {
  const std::string key = keys::Tenant(record.envelope.tenant);
  auto row = round->Read<SupersededRow>(View::kSuperseded, key).value_or(SupersededRow{});
  Disown(event.parent, &row);
  round->Write(View::kSuperseded, key, row);
  tenant->closed = WhyClosed(row);
}

}  // namespace contacts
