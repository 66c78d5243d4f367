// Which tenants do not go on as others do: parked (this build cannot apply a record of theirs) or
// closed (their history takes no writes). Kept up to date with the rows, so that asking costs no
// look at them.
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
  std::string why;  // it is parked or closed
};

// One thread.
class Standings {
 public:
  using Whys = std::map<std::string, std::string>;  // by tenant

  // The tenant's row as it is visible now.
  void Note(const std::string& tenant, const TenantRow& row);

  const Whys& parked() const { return parked_; }
  const Whys& closed() const { return closed_; }
  // Since the last call; the first one tells what was found at the start.
  std::vector<StandingChange> TakeChanges();

 private:
  void Note(const std::string& tenant, const std::string& why, StandingChange::Kind begins,
            StandingChange::Kind ends, Whys* whys);

  Whys parked_;
  Whys closed_;
  std::vector<StandingChange> changes_;
};

}  // namespace contacts
