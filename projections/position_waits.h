// Positions, answered from the read models.
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

// How many requests may wait at a time: each needs some 4 kB. A tenant's readers wait for one
// position, the newest that one of them saw; the readers that come within 0.1 s are far fewer than
// this.
struct PositionWaitLimits {
  size_t of_a_tenant = 500;
  size_t in_all = 10'000;
};

// Has a thread of its own, which notices the deadlines.
class PositionWaits : public Positions {
 public:
  // Calls the function once this instance has applied the log up to its end as it is now or later;
  // never, if that end cannot be read.
  using AskEnd = std::function<void(const TenantId& tenant, std::function<void()> applied)>;

  // The views must outlive this. The thread calls `alive` at least once a second, and destroys it
  // when the thread ends. Without `ask_end` a position after the head is waited for to its
  // deadline.
  explicit PositionWaits(const ViewReader& views, PositionWaitLimits limits = {},
                         std::function<void()> alive = nullptr, AskEnd ask_end = nullptr);
  ~PositionWaits() override;  // like Stop

  // Throws StoreFailure; `then` is not called in that case.
  Wait WaitFor(const TenantId& tenant, const Position& position, Clock::time_point deadline,
               std::function<void(Outcome)> then) override;
  void Cancel(const Wait& wait) override;
  // Throws StoreFailure.
  void Reached(const TenantId& tenant, Sequence position) override;

  // All waits end with kTimedOut, and later ones immediately.
  void Stop();
  // How many waits there are.
  size_t waiting() const;

  // A position after the head, though the log was applied up to its end, or of an epoch that has
  // not begun. A client that makes nothing up has such a position only if the log was replaced by
  // an older copy, and nobody said so.
  struct Beyond {
    TenantId tenant;
    Position position;
    Clock::time_point when;
  };
  // One of the last hour, with the highest epoch that came; nullopt: none came.
  std::optional<Beyond> Doubtful() const;
  int64_t beyond() const;  // how many since the start

 private:
  using Then = std::function<void(Outcome)>;
  struct Waiting {
    Clock::time_point deadline;
    Then then;
  };
  using Waits = std::map<Wait, Waiting>;  // those of a tenant are neighbours, ordered by position

  // Why a request of this tenant may not wait; nullopt: it may.
  std::optional<Outcome> WhyNot(const TenantId& tenant) const;
  Then Remove(Waits::iterator wait);
  void Tell(const Wait& wait, Outcome outcome);
  void AtEnd(const Wait& wait);
  void NoteBeyond(const TenantId& tenant, const Position& position);
  void Run();

  const ViewReader& views_;
  const PositionWaitLimits limits_;
  std::function<void()> alive_;  // used by the thread alone
  const AskEnd ask_end_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Waits waits_;
  std::map<TenantId, size_t> of_tenants_;  // the number of waits; no entry: 0
  std::set<std::pair<Clock::time_point, Wait>> deadlines_;
  uint64_t numbers_ = 0;
  std::optional<Beyond> doubtful_;
  int64_t beyond_ = 0;
  bool stopping_ = false;
  std::thread thread_;  // last, because it uses all members above
};

}  // namespace contacts
