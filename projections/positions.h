// Waiting until this instance has applied a position of a tenant.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>

#include "events/position.h"
#include "events/values/ids.h"

namespace contacts {

// Any thread.
class Positions {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Outcome {
    kReached,
    kUnknown,  // the history does not have it: it is of a lost part, or after the log's end
    kTimedOut,
    kTooMany,  // the limit of waits is reached, for this tenant or in all
  };
  // Names one wait, for Cancel.
  struct Wait {
    TenantId tenant;
    Position position;
    uint64_t number = 0;  // 0: nothing waits, because `then` was called immediately
    auto operator<=>(const Wait&) const = default;
  };

  virtual ~Positions() = default;

  // Calls `then` exactly once: immediately if `position` is reached already, or cannot come any
  // more, or too many wait; else from the thread that reaches it, or that finds that the log ends
  // before it, or that notices the deadline. `then` must not block.
  virtual Wait WaitFor(const TenantId& tenant, const Position& position, Clock::time_point deadline,
                       std::function<void(Outcome)> then) = 0;

  // Ends the wait: `then` is destroyed without being called, unless it has been called already or
  // is being called at this moment.
  virtual void Cancel(const Wait& wait) = 0;

  // To be called by the thread that applies when rows of the tenant became visible: `position` is
  // the newest record of its history. Not this number decides but the position of the read models.
  virtual void Reached(const TenantId& /*tenant*/, Sequence /*position*/) {}
};

}  // namespace contacts
