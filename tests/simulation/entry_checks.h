// Checks of what the instances of a simulation put into the log, whether or not it became history.
#pragma once

#include <string>
#include <vector>

#include "tests/simulation/simulation.h"

namespace contacts::sim {

// A line for each id that two records have, and for each record that was sent without end.
std::vector<std::string> BrokenEntries(const Simulation& simulation);

}  // namespace contacts::sim
