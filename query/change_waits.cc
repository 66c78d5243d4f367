#include "query/change_waits.h"

#include <algorithm>

#include "events/values/invariant.h"
#include "query/changes.h"

namespace contacts::query {
namespace {

constexpr std::chrono::seconds kLookEvery{1};

}  // namespace

// What is judged without the lock: the views as they were when the turn began.
struct ChangeWaits::Turn {
  struct Judged {
    std::string key;
    Viewer viewer;
    std::optional<ContactId> own;
    Sequence from;
    Sequence seen;  // the last record that the view may see; 0: none
  };
  std::vector<Judged> views;
  Sequence end;  // the last record that was judged
  bool more = false;
  uint64_t judged = 0;

  void Judge(const ViewStore& store, seal::Keyring& keyring, const TenantId& tenant, size_t most) {
    const std::unique_ptr<ViewReader> snapshot = store.Snapshot();
    const Past past(*snapshot, keyring, tenant);
    const Sequence applied = past.lookup().Tenant(tenant).applied;
    Sequence at = applied;
    for (const Judged& view : views) at = std::min(at, view.from);
    ContactSteps steps(past, most);
    while (at < applied && steps.records() < most) {
      at = Next(at);
      if (const auto step = steps.At(at)) Judge(*step, at);
    }
    end = at;
    more = end < applied;
  }

  void Judge(const ContactStep& step, Sequence at) {
    for (Judged& view : views) {
      if (at <= view.from) continue;
      ++judged;
      // A state that costs more than a turn counts as seen: whoever waits reads on its own account.
      const bool sees =
          step.is_unknown || ShownSince(view.from, view.viewer, step) != Shown::kNothing;
      if (sees || view.own == step.id) view.seen = at;
    }
  }
};

ChangeWaits::ChangeWaits(const ViewStore& views, seal::Keyring& keyring, ChangeWaitLimits limits,
                         std::function<void()> alive)
    : views_(views), keyring_(keyring), limits_(limits), alive_(std::move(alive)), thread_([this] {
        Run();
      }) {}

ChangeWaits::~ChangeWaits() { Stop(); }

void ChangeWaits::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

size_t ChangeWaits::waiting() const {
  const std::lock_guard lock(mutex_);
  return places_.size();
}

uint64_t ChangeWaits::WaitFor(const Asker& asker, const Viewer& viewer, Sequence looked_at,
                              Clock::time_point deadline, Then then) {
  const auto own = viewer.sees_all ? std::nullopt : asker.contact_id;
  const std::string key = viewer.Key() + (own ? "\n" + std::to_string(own->value) : "");
  std::unique_lock lock(mutex_);
  const auto found = tenants_.find(asker.tenant);
  const size_t of_tenant = found == tenants_.end() ? 0 : found->second.waits;
  const bool is_full = of_tenant >= limits_.of_a_tenant || places_.size() >= limits_.in_all;
  if (stopping_ || is_full) {
    lock.unlock();
    then(is_full ? Outcome::kTooMany : Outcome::kTimedOut);
    return 0;
  }
  const uint64_t number = ++numbers_;
  Tenant& tenant = tenants_[asker.tenant];
  View& view = tenant.views.try_emplace(key, View{viewer, own, looked_at, {}}).first->second;
  view.judged_to = std::min(view.judged_to, looked_at);
  view.waiters.emplace(number, Waiter{looked_at, deadline, std::move(then)});
  ++tenant.waits;
  places_.emplace(number, Key{asker.tenant, key});
  const auto late = deadlines_.emplace(deadline, number).first;
  if (late == deadlines_.begin()) wake_.notify_all();
  lock.unlock();
  try {
    // A record may have come before this wait was noted.
    if (ViewLookup(views_).Tenant(asker.tenant).applied > looked_at) Applied(asker.tenant);
  } catch (const StoreFailure&) {
    Cancel(number);
    throw;
  }
  return number;
}

ChangeWaits::Then ChangeWaits::Remove(uint64_t wait) {
  const auto place = places_.find(wait);
  CONTACTS_INVARIANT(place != places_.end() && deadlines_.size() == places_.size());
  const auto& [tenant_id, key] = place->second;
  const auto tenant = tenants_.find(tenant_id);
  const auto view = tenant->second.views.find(key);
  const auto waiter = view->second.waiters.find(wait);
  Then then = std::move(waiter->second.then);
  deadlines_.erase({waiter->second.deadline, wait});
  view->second.waiters.erase(waiter);
  if (view->second.waiters.empty()) tenant->second.views.erase(view);
  if (--tenant->second.waits == 0) tenants_.erase(tenant);
  places_.erase(place);
  return then;
}

void ChangeWaits::Cancel(uint64_t wait) {
  Then then;  // destroyed, with what it holds, when the lock is free
  const std::lock_guard lock(mutex_);
  if (places_.contains(wait)) then = Remove(wait);
}

void ChangeWaits::EndNow(uint64_t wait) {
  Then then;
  {
    const std::lock_guard lock(mutex_);
    if (!places_.contains(wait)) return;
    then = Remove(wait);
  }
  then(Outcome::kTimedOut);
}

void ChangeWaits::MakeDue(const TenantId& tenant, Tenant* waits) {
  if (waits->is_due) return;
  waits->is_due = true;
  due_.push_back(tenant);
}

void ChangeWaits::Applied(const TenantId& tenant) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = tenants_.find(tenant);
    if (found == tenants_.end()) return;
    MakeDue(tenant, &found->second);
  }
  wake_.notify_all();
}

void ChangeWaits::EndLate(std::unique_lock<std::mutex>* lock) {
  while (!deadlines_.empty() && (stopping_ || deadlines_.begin()->first <= Clock::now())) {
    Then late = Remove(deadlines_.begin()->second);
    lock->unlock();
    late(Outcome::kTimedOut);
    late = nullptr;  // destroys what it holds while the lock is free
    lock->lock();
  }
}

void ChangeWaits::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_ || !places_.empty()) {
    if (alive_) alive_();
    EndLate(&lock);
    if (stopping_) continue;
    if (!due_.empty()) {
      const TenantId tenant = due_.front();
      due_.pop_front();
      TakeTurn(tenant, &lock);
      continue;
    }
    auto until = Clock::now() + kLookEvery;
    if (!deadlines_.empty()) until = std::min(until, deadlines_.begin()->first);
    wake_.wait_until(lock, until);
  }
  alive_ = nullptr;
}

void ChangeWaits::TakeTurn(const TenantId& tenant, std::unique_lock<std::mutex>* lock) {
  const auto found = tenants_.find(tenant);
  if (found == tenants_.end()) return;  // all have gone
  found->second.is_due = false;
  Turn turn;
  for (const auto& [key, view] : found->second.views) {
    turn.views.push_back({key, view.viewer, view.own, view.judged_to, {}});
  }
  lock->unlock();
  std::vector<Then> ended;
  try {
    turn.Judge(views_, keyring_, tenant, limits_.records_in_turn);
    judged_ += turn.judged;
    lock->lock();
    ended = Finish(tenant, turn);
  } catch (const StoreFailure&) {  // whoever reads again answers for it
    lock->lock();
    ended = RemoveAll(tenant);
  }
  lock->unlock();
  for (const Then& then : ended) then(Outcome::kChanged);
  ended.clear();
  lock->lock();
}

// A wait that began during the turn may stand before or after the records that were judged.
std::vector<ChangeWaits::Then> ChangeWaits::Finish(const TenantId& tenant, const Turn& turn) {
  std::vector<uint64_t> due;
  bool again = turn.more;
  for (const Turn::Judged& judged : turn.views) {
    const auto found = tenants_.find(tenant);
    if (found == tenants_.end()) break;
    const auto view = found->second.views.find(judged.key);
    if (view == found->second.views.end()) continue;
    for (const auto& [number, waiter] : view->second.waiters) {
      if (waiter.looked_at < judged.seen) due.push_back(number);
    }
    Sequence& judged_to = view->second.judged_to;
    if (judged_to < judged.from) {
      again = true;
    } else {
      judged_to = std::max(judged_to, turn.end);
    }
  }
  std::vector<Then> ended;
  for (const uint64_t number : due) ended.push_back(Remove(number));
  woken_ += ended.size();
  if (const auto found = tenants_.find(tenant); again && found != tenants_.end()) {
    MakeDue(tenant, &found->second);
  }
  return ended;
}

std::vector<ChangeWaits::Then> ChangeWaits::RemoveAll(const TenantId& tenant) {
  std::vector<uint64_t> numbers;
  const auto found = tenants_.find(tenant);
  if (found == tenants_.end()) return {};
  for (const auto& [key, view] : found->second.views) {
    for (const auto& [number, waiter] : view.waiters) numbers.push_back(number);
  }
  std::vector<Then> ended;
  for (const uint64_t number : numbers) ended.push_back(Remove(number));
  return ended;
}

}  // namespace contacts::query
