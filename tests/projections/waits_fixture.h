// Fixture: views of a log, with requests that wait for positions.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "projections/position_waits.h"
#include "tests/projections/projected.h"
#include "tests/support/acme.h"
#include "tests/support/signal.h"

namespace contacts::testing {

inline const auto kFar = Positions::Clock::now() + std::chrono::hours(1);

// Counts the calls and keeps the outcome.
struct Told {
  std::function<void(Positions::Outcome)> Then() {
    return [this](Positions::Outcome told) {
      outcome = told;
      ++times;
      signal.Raise();
    };
  }
  std::optional<Positions::Outcome> outcome;
  std::atomic<int> times = 0;
  Signal signal;
};

class PositionWaitsTest : public ::testing::Test {
 protected:
  // Applies one more record of the tenant; Reached is not called yet.
  void Apply(const std::string& tenant) {
    log_.Then(tenant, Idle("CreateContact"));
    ApplyAll(views_, {log_.entries().back()});
  }
  PositionWaitsTest() {
    log_.Opens();
    ApplyAll(views_, log_.entries());
  }

  LogScript log_;
  MemoryViewStore views_;
};

}  // namespace contacts::testing
