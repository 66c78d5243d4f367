// Positions as the read models have them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "projections/positions.h"
#include "projections/view_store.h"

namespace contacts {

// A thread of its own notices the deadlines.
class PositionWaits : public Positions {
 public:
  // The views must outlive it.
  explicit PositionWaits(const ViewReader& views);
  // Who still waits is told kTimedOut.
  ~PositionWaits() override;

  // Throws StoreFailure; then `then` is not called.
  void WaitFor(const TenantId& tenant, Sequence position, Clock::time_point deadline,
               std::function<void(Outcome)> then) override;
  // Throws StoreFailure.
  void Reached(const TenantId& tenant, Sequence position) override;

 private:
  using Then = std::function<void(Outcome)>;
  // A tenant's waits stand together, in the order of their positions.
  struct Place {
    TenantId tenant;
    Sequence position;
    uint64_t number = 0;
    auto operator<=>(const Place&) const = default;
  };
  struct Wait {
    Clock::time_point deadline;
    Then then;
  };
  using Waits = std::map<Place, Wait>;

  Sequence Applied(const TenantId& tenant) const;
  Then Remove(Waits::iterator wait);
  void Run();

  const ViewReader& views_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Waits waits_;
  std::set<std::pair<Clock::time_point, Place>> deadlines_;
  uint64_t numbers_ = 0;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace contacts
