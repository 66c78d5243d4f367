#include "projections/position_waits.h"

#include <vector>

#include "projections/registry.h"

namespace contacts {

PositionWaits::PositionWaits(const ViewReader& views) : views_(views), thread_([this] { Run(); }) {}

PositionWaits::~PositionWaits() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Sequence PositionWaits::Applied(const TenantId& tenant) const {
  return Registry(views_).Tenant(tenant).applied;
}

PositionWaits::Then PositionWaits::Remove(Waits::iterator wait) {
  deadlines_.erase({wait->second.deadline, wait->first});
  Then then = std::move(wait->second.then);
  waits_.erase(wait);
  return then;
}

void PositionWaits::WaitFor(const TenantId& tenant, Sequence position, Clock::time_point deadline,
                            std::function<void(Outcome)> then) {
  if (position <= Applied(tenant)) return then(Outcome::kReached);
  Place place{tenant, position};
  bool earliest = false;
  {
    const std::lock_guard lock(mutex_);
    place.number = ++numbers_;
    waits_.emplace(place, Wait{deadline, std::move(then)});
    const auto entered = deadlines_.emplace(deadline, place).first;
    earliest = entered == deadlines_.begin();
  }
  if (earliest) changed_.notify_all();
  // It may have been reached while nobody was noted as waiting for it.
  try {
    if (position > Applied(tenant)) return;
  } catch (const StoreFailure&) {
    const std::lock_guard lock(mutex_);
    const auto wait = waits_.find(place);
    if (wait == waits_.end()) return;  // it was told already
    Remove(wait);
    throw;
  }
  std::unique_lock lock(mutex_);
  const auto wait = waits_.find(place);
  if (wait == waits_.end()) return;
  const Then reached = Remove(wait);
  lock.unlock();
  reached(Outcome::kReached);
}

void PositionWaits::Reached(const TenantId& tenant, Sequence position) {
  {
    const std::lock_guard lock(mutex_);
    const auto first = waits_.lower_bound(Place{tenant, Sequence{0}, 0});
    if (first == waits_.end() || first->first.tenant != tenant) return;
    if (first->first.position > position) return;
  }
  const Sequence applied = Applied(tenant);  // behind `position` while the tenant is parked
  std::vector<Then> reached;
  {
    const std::lock_guard lock(mutex_);
    auto wait = waits_.lower_bound(Place{tenant, Sequence{0}, 0});
    while (wait != waits_.end() && wait->first.tenant == tenant &&
           wait->first.position <= applied) {
      reached.push_back(Remove(wait++));
    }
  }
  for (const Then& then : reached) then(Outcome::kReached);
}

void PositionWaits::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_ || !waits_.empty()) {
    if (deadlines_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto [deadline, place] = *deadlines_.begin();
    if (!stopping_ && Clock::now() < deadline) {
      changed_.wait_until(lock, deadline);
      continue;
    }
    const Then late = Remove(waits_.find(place));
    lock.unlock();
    late(Outcome::kTimedOut);
    lock.lock();
  }
}

}  // namespace contacts
