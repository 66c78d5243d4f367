// Which tenants do not go on as others do: parked (this build cannot apply a record of theirs) or
// closed (their history takes no writes). Kept up to date with the rows, so that no row needs to be
// read to know it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "events/values/ids.h"
#include "projections/store/rows.h"

namespace contacts {

struct StandingChange {
  enum class Kind { kParked, kGoesOn, kClosed, kOpen };
  TenantId tenant;
  Kind kind = Kind::kGoesOn;
  std::string why;  // the tenant is parked or closed; else empty
};

// One thread.
class Standings {
 public:
  using Whys = std::map<std::string, std::string>;  // by tenant

  // `row`: the tenant's row as it is visible now.
  void Note(const std::string& tenant, const TenantRow& row);

  const Whys& parked() const { return parked_; }
  const Whys& closed() const { return closed_; }
  // The changes since the last call; the first call returns the standings found at the start.
  std::vector<StandingChange> TakeChanges();

 private:
  void Note(const std::string& tenant, const std::string& why, StandingChange::Kind begins,
            StandingChange::Kind ends, Whys* whys);

  Whys parked_;
  Whys closed_;
  std::vector<StandingChange> changes_;
};

}  // namespace contacts
