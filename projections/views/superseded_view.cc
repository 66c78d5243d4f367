#include "projections/views/superseded_view.h"

#include "projections/store/keys.h"
#include "projections/views/superseded_chains.h"

namespace contacts {
namespace {

struct SupersededView {
  const TenantId& id;
  TenantRow* tenant;
  Round* round;

  void operator()(const ChainDisowned& event) const {
    const std::string key = keys::Tenant(id);
    auto row = round->Read<SupersededRow>(View::kSuperseded, key).value_or(SupersededRow{});
    Disown(event.parent, &row);
    round->Write(View::kSuperseded, key, row);
    tenant->closed = WhyClosed(row);
  }
  template <SaysNothingOfChains E>
  void operator()(const E&) const {}
};

}  // namespace

void ApplyToSuperseded(const Record& record, TenantRow* tenant, Round* round) {
  std::visit(SupersededView{record.envelope.tenant, tenant, round}, record.event);
}

}  // namespace contacts
