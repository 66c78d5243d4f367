// Positions as the read models have them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "projections/positions.h"
#include "projections/store/view_store.h"

namespace contacts {

// How many may wait at once: each keeps its request, some 4 kB. A tenant's readers wait on one
// position, the newest that one of them saw, so that a tenth of a second of them is far below this.
struct PositionWaitLimits {
  size_t of_a_tenant = 500;
  size_t in_all = 10'000;
};

// A thread of its own notices the deadlines.
class PositionWaits : public Positions {
 public:
  // The views must outlive it. Its thread calls `alive` at least once a second, and lets go of it
  // when it ends.
  explicit PositionWaits(const ViewReader& views, PositionWaitLimits limits = {},
                         std::function<void()> alive = nullptr);
  ~PositionWaits() override;  // as Stop

  // Throws StoreFailure; then `then` is not called.
  Wait WaitFor(const TenantId& tenant, Sequence position, Clock::time_point deadline,
               std::function<void(Outcome)> then) override;
  void Cancel(const Wait& wait) override;
  // Throws StoreFailure.
  void Reached(const TenantId& tenant, Sequence position) override;

  // Whoever waits is told kTimedOut; whoever comes later is told so at once.
  void Stop();
  // How many wait.
  size_t waiting() const;

 private:
  using Then = std::function<void(Outcome)>;
  struct Waiting {
    Clock::time_point deadline;
    Then then;
  };
  using Waits = std::map<Wait, Waiting>;  // a tenant's stand together, in the order of positions

  Sequence Applied(const TenantId& tenant) const;
  // Why it may not wait; nullopt: it may.
  std::optional<Outcome> WhyNot(const TenantId& tenant) const;
  Then Remove(Waits::iterator wait);
  void Run();

  const ViewReader& views_;
  const PositionWaitLimits limits_;
  std::function<void()> alive_;  // of the thread
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Waits waits_;
  std::map<TenantId, size_t> of_tenants_;  // how many wait, of those that any do
  std::set<std::pair<Clock::time_point, Wait>> deadlines_;
  uint64_t numbers_ = 0;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace contacts
