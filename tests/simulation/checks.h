// Checks the promises that every seed must keep.
#pragma once

#include <string>
#include <vector>

#include "tests/simulation/simulation.h"

namespace contacts::sim {

// The promises that a settled simulation broke, a line each:
//   - each tenant's history is dense, each record chained on the one before, no id used twice
//   - every record of history equals Decide on the prefix before it
//   - no command is in history twice, no e-mail twice
//   - each attempt got exactly one answer, unless its connection died
//   - each answer is its record of history, or was true at some time between question and answer
//   - no record is sent again and again: the log does not grow without end
//   - all instances, and a rebuild from the log, have the same rows
std::vector<std::string> BrokenPromises(const Simulation& simulation, const StoreFactory& store);

}  // namespace contacts::sim
