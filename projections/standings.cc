#include "projections/standings.h"

#include <utility>

namespace contacts {

void Standings::Note(const std::string& tenant, const TenantRow& row) {
  using Kind = StandingChange::Kind;
  Note(tenant, row.parked, Kind::kParked, Kind::kGoesOn, &parked_);
  Note(tenant, row.closed, Kind::kClosed, Kind::kOpen, &closed_);
}

void Standings::Note(const std::string& tenant, const std::string& why, StandingChange::Kind begins,
                     StandingChange::Kind ends, Whys* whys) {
  if (why.empty()) {
    if (whys->erase(tenant) > 0) changes_.push_back({TenantId{tenant}, ends, {}});
  } else if (whys->insert_or_assign(tenant, why).second) {
    changes_.push_back({TenantId{tenant}, begins, why});
  }
}

std::vector<StandingChange> Standings::TakeChanges() { return std::exchange(changes_, {}); }

}  // namespace contacts
