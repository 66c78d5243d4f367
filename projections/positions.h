// Waiting until this instance has applied a position of a tenant.
#pragma once

#include <chrono>
#include <functional>

#include "events/ids.h"

namespace contacts {

// Any thread.
class Positions {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Outcome { kReached, kTimedOut };

  virtual ~Positions() = default;

  // `then` is called once: at once when `position` is reached already, else from the thread that
  // reaches it or notices the deadline. It must not block.
  virtual void WaitFor(const TenantId& tenant, Sequence position, Clock::time_point deadline,
                       std::function<void(Outcome)> then) = 0;

  // Heard from whoever applies, when rows of the tenant became visible: `position` is the newest
  // record of its history. What the read models stand at decides, not this number.
  virtual void Reached(const TenantId& /*tenant*/, Sequence /*position*/) {}
};

}  // namespace contacts
