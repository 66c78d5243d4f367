// Waiting until this instance has applied a position of a tenant.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>

#include "events/values/ids.h"

namespace contacts {

// Any thread.
class Positions {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Outcome {
    kReached,
    kTimedOut,
    kTooMany,  // as many as may be are waiting already, for this tenant or in all
  };
  // Names one wait, for Cancel.
  struct Wait {
    TenantId tenant;
    Sequence position;
    uint64_t number = 0;  // 0: there is none, `then` was called at once
    auto operator<=>(const Wait&) const = default;
  };

  virtual ~Positions() = default;

  // `then` is called once: at once when `position` is reached already or too many wait, else from
  // the thread that reaches it or notices the deadline. It must not block.
  virtual Wait WaitFor(const TenantId& tenant, Sequence position, Clock::time_point deadline,
                       std::function<void(Outcome)> then) = 0;

  // Nobody waits any more: `then` is destroyed without being called, unless it has been, or is
  // being called at this moment.
  virtual void Cancel(const Wait& wait) = 0;

  // Heard from whoever applies, when rows of the tenant became visible: `position` is the newest
  // record of its history. What the read models stand at decides, not this number.
  virtual void Reached(const TenantId& /*tenant*/, Sequence /*position*/) {}
};

}  // namespace contacts
