#include "projections/position_waits.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "events/values/invariant.h"
#include "projections/view_lookup.h"

namespace contacts {
namespace {

constexpr std::chrono::seconds kAliveEvery{1};
constexpr std::chrono::hours kDoubtfulFor{1};

// Nullopt: the position may still be reached.
std::optional<Positions::Outcome> OutcomeOf(PositionIs is) {
  if (is == PositionIs::kApplied) return Positions::Outcome::kReached;
  if (is == PositionIs::kLost) return Positions::Outcome::kUnknown;
  return std::nullopt;
}

}  // namespace

PositionWaits::PositionWaits(const ViewReader& views, PositionWaitLimits limits,
                             std::function<void()> alive, AskEnd ask_end)
    : views_(views),
      limits_(limits),
      alive_(std::move(alive)),
      ask_end_(std::move(ask_end)),
      thread_([this] { Run(); }) {}

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

std::optional<PositionWaits::Beyond> PositionWaits::Doubtful() const {
  const std::lock_guard lock(mutex_);
  return doubtful_ && Clock::now() - doubtful_->when < kDoubtfulFor ? doubtful_ : std::nullopt;
}

// The first of an hour stays, so that a client cannot change what is said with each request.
void PositionWaits::NoteBeyond(const TenantId& tenant, const Position& position) {
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = Clock::now();
  ++beyond_;
  if (doubtful_ && now - doubtful_->when < kDoubtfulFor &&
      position.epoch <= doubtful_->position.epoch) {
    return;
  }
  doubtful_ = Beyond{tenant, position, now};
}

int64_t PositionWaits::beyond() const {
  const std::lock_guard lock(mutex_);
  return beyond_;
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

Positions::Wait PositionWaits::WaitFor(const TenantId& tenant, const Position& position,
                                       Clock::time_point deadline, Then then) {
  Wait place{tenant, position};
  const ViewLookup lookup(views_);
  const auto at_once = [&](Outcome outcome) {
    then(outcome);
    return Wait{};
  };
  const PositionIs before = lookup.Find(tenant, position);
  if (const auto outcome = OutcomeOf(before)) {
    if (before == PositionIs::kLost && position.epoch > lookup.Epoch())
      NoteBeyond(tenant, position);
    return at_once(*outcome);
  }
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
  try {
    // The position may have been reached before this wait was noted.
    const auto outcome = OutcomeOf(lookup.Find(tenant, position));
    if (!outcome) {
      if (before == PositionIs::kBeyond && ask_end_) {
        ask_end_(tenant, [this, place] { AtEnd(place); });
      }
      return place;
    }
    Tell(place, *outcome);
  } catch (const StoreFailure&) {
    Cancel(place);
    throw;
  }
  return Wait{};
}

void PositionWaits::Tell(const Wait& wait, Outcome outcome) {
  std::unique_lock lock(mutex_);
  const auto found = waits_.find(wait);
  if (found == waits_.end()) return;
  const Then then = Remove(found);
  lock.unlock();
  then(outcome);
}

// The log was applied up to an end that was asked for after the wait began.
void PositionWaits::AtEnd(const Wait& wait) {
  const PositionIs is = ViewLookup(views_).Find(wait.tenant, wait.position);
  if (const auto outcome = OutcomeOf(is)) return Tell(wait, *outcome);
  if (is != PositionIs::kBeyond)
    return;  // parked: it is in the history, and comes after an upgrade
  {
    const std::lock_guard lock(mutex_);
    if (!waits_.contains(wait)) return;
  }
  NoteBeyond(wait.tenant, wait.position);
  Tell(wait, Outcome::kUnknown);
}

void PositionWaits::Cancel(const Wait& wait) {
  Then then;  // destroyed, with what it holds, when the lock is free
  const std::lock_guard lock(mutex_);
  if (const auto found = waits_.find(wait); found != waits_.end()) then = Remove(found);
}

void PositionWaits::Reached(const TenantId& tenant, Sequence position) {
  std::vector<Wait> due;
  {
    const std::lock_guard lock(mutex_);
    auto wait = waits_.lower_bound(Wait{tenant, {}, 0});
    for (; wait != waits_.end() && wait->first.tenant == tenant &&
           wait->first.position.sequence <= position;
         ++wait) {
      due.push_back(wait->first);
    }
  }
  const ViewLookup lookup(views_);
  for (const Wait& wait : due) {  // not applied while the tenant is parked
    if (const auto outcome = OutcomeOf(lookup.Find(tenant, wait.position))) Tell(wait, *outcome);
  }
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
