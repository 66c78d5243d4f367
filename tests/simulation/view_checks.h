// Checks that all instances of a simulation, and a rebuild from the log, have the same rows.
#pragma once

#include <string>
#include <vector>

#include "tests/simulation/simulation.h"

namespace contacts::sim {

// A line for each instance of a settled simulation whose rows differ. The rebuild has the keys that
// are left.
std::vector<std::string> BrokenViews(const Simulation& simulation, const StoreFactory& store);

}  // namespace contacts::sim
