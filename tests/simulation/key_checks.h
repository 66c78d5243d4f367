// Checks of a simulation's erasures: what history erased has no key anywhere, and everything else
// has its own.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "events/record.h"
#include "events/seal/leaf.h"
#include "tests/simulation/simulation.h"

namespace contacts::sim {

// The leaves that the records of one tenant erased, and the actors.
class ErasedBy {
 public:
  // Returns the leaves that are erased from this record on. Records come in order, opened.
  std::vector<seal::Leaf> Note(const Record& record);

  const std::set<seal::Leaf>& leaves() const { return leaves_; }
  bool HasActor(const std::string& actor) const { return actors_.contains(actor); }
  // The months before this one are erased, since 1970-01; 0: none.
  int months() const { return months_; }
  const std::map<ContactId, Sequence>& contacts() const { return contacts_; }

 private:
  std::optional<int> first_month_;  // of the tenant's records
  int months_ = 0;
  std::map<ContactId, int> generations_;
  std::set<seal::Leaf> leaves_;
  std::set<std::string> actors_;
  std::map<ContactId, Sequence> contacts_;  // with the record that erased them first
};

// The promises about keys that a settled simulation broke, a line each.
std::vector<std::string> BrokenKeys(const Simulation& simulation,
                                    const std::map<TenantId, ErasedBy>& erased);

// The same of a reader that has lost all nodes of the trees: it parks each tenant that has a block
// which should open, takes nobody for erased, and obeys each erasure.
std::vector<std::string> BrokenWithoutNodes(const Simulation& simulation, const StoreFactory& store,
                                            const std::map<TenantId, ErasedBy>& erased);

}  // namespace contacts::sim
