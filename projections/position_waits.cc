#include "projections/position_waits.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "events/values/invariant.h"
#include "projections/view_lookup.h"

namespace contacts {
namespace {

constexpr std::chrono::seconds kAliveEvery{1};

}  // namespace

PositionWaits::PositionWaits(const ViewReader& views, PositionWaitLimits limits,
                             std::function<void()> alive)
    : views_(views), limits_(limits), alive_(std::move(alive)), thread_([this] { Run(); }) {}

PositionWaits::~PositionWaits() { Stop(); }

void PositionWaits::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

size_t PositionWaits::waiting() const {
  const std::lock_guard lock(mutex_);
  return waits_.size();
}

Sequence PositionWaits::Applied(const TenantId& tenant) const {
  return ViewLookup(views_).Tenant(tenant).applied;
}

std::optional<Positions::Outcome> PositionWaits::WhyNot(const TenantId& tenant) const {
  if (stopping_) return Outcome::kTimedOut;
  const auto of_tenant = of_tenants_.find(tenant);
  const size_t count = of_tenant == of_tenants_.end() ? 0 : of_tenant->second;
  if (count >= limits_.of_a_tenant || waits_.size() >= limits_.in_all) return Outcome::kTooMany;
  return std::nullopt;
}

PositionWaits::Then PositionWaits::Remove(Waits::iterator wait) {
  CONTACTS_INVARIANT(wait != waits_.end() && deadlines_.size() == waits_.size());
  deadlines_.erase({wait->second.deadline, wait->first});
  const auto of_tenant = of_tenants_.find(wait->first.tenant);
  CONTACTS_INVARIANT(of_tenant != of_tenants_.end());
  if (--of_tenant->second == 0) of_tenants_.erase(of_tenant);
  Then then = std::move(wait->second.then);
  waits_.erase(wait);
  return then;
}

Positions::Wait PositionWaits::WaitFor(const TenantId& tenant, Sequence position,
                                       Clock::time_point deadline, Then then) {
  Wait place{tenant, position};
  const auto at_once = [&](Outcome outcome) {
    then(outcome);
    return Wait{};
  };
  if (position <= Applied(tenant)) return at_once(Outcome::kReached);
  bool earliest = false;
  {
    std::unique_lock lock(mutex_);
    if (const auto why = WhyNot(tenant)) {
      lock.unlock();
      return at_once(*why);
    }
    place.number = ++numbers_;
    waits_.emplace(place, Waiting{deadline, std::move(then)});
    ++of_tenants_[tenant];
    const auto entered = deadlines_.emplace(deadline, place).first;
    earliest = entered == deadlines_.begin();
  }
  if (earliest) changed_.notify_all();
  // The position may have been reached before this wait was noted.
  try {
    if (position > Applied(tenant)) return place;
  } catch (const StoreFailure&) {
    Cancel(place);
    throw;
  }
  std::unique_lock lock(mutex_);
  const auto wait = waits_.find(place);
  if (wait == waits_.end()) return Wait{};
  const Then reached = Remove(wait);
  lock.unlock();
  reached(Outcome::kReached);
  return Wait{};
}

void PositionWaits::Cancel(const Wait& wait) {
  Then then;  // destroyed, with what it holds, when the lock is free
  const std::lock_guard lock(mutex_);
  if (const auto found = waits_.find(wait); found != waits_.end()) then = Remove(found);
}

void PositionWaits::Reached(const TenantId& tenant, Sequence position) {
  {
    const std::lock_guard lock(mutex_);
    const auto first = waits_.lower_bound(Wait{tenant, Sequence{0}, 0});
    if (first == waits_.end() || first->first.tenant != tenant) return;
    if (first->first.position > position) return;
  }
  const Sequence applied = Applied(tenant);  // behind `position` while the tenant is parked
  std::vector<Then> reached;
  {
    const std::lock_guard lock(mutex_);
    auto wait = waits_.lower_bound(Wait{tenant, Sequence{0}, 0});
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
    if (alive_) alive_();
    const Clock::time_point soon = Clock::now() + kAliveEvery;
    if (deadlines_.empty()) {
      changed_.wait_until(lock, soon);
      continue;
    }
    const auto [deadline, place] = *deadlines_.begin();
    if (!stopping_ && Clock::now() < deadline) {
      changed_.wait_until(lock, std::min(deadline, soon));
      continue;
    }
    Then late = Remove(waits_.find(place));
    lock.unlock();
    late(Outcome::kTimedOut);
    late = nullptr;  // destroys what it holds while the lock is free
    lock.lock();
  }
  alive_ = nullptr;
}

}  // namespace contacts
