#include "infra/base/heartbeat.h"

#include <algorithm>
#include <set>
#include <utility>

#include "infra/base/thread_name.h"

namespace contacts {
namespace {

using Clock = std::chrono::steady_clock;

// A look that comes late counts at most this much: the whole process was stopped, or had no
// processor, and its threads are not to blame.
constexpr Heartbeat::Time kCountsAtMost = 2 * Heartbeats::kLookEvery;
// A look by a thread that waits may count for more: that thread looks only as often as it beats.
constexpr Heartbeat::Time kIdleCountsAtMost = Heartbeat::kWaitAtMost;
// The health thread has missed two looks by then.
constexpr Heartbeat::Time kNobodyLooks = 3 * Heartbeats::kLookEvery;

struct Watched {
  std::mutex mutex;
  std::set<Heartbeat*> hearts;
  Clock::time_point looked = Clock::now();
};

// Never destroyed: threads may end later than any static object.
Watched& All() {
  static auto* const all = new Watched;
  return *all;
}

thread_local Heartbeat* of_this_thread = nullptr;

std::string Seconds(Heartbeat::Time time) { return std::to_string(time.count() / 1000) + " s"; }

}  // namespace

Heartbeat::Heartbeat(std::string name) : name_(std::move(name)) {
  NameThread(name_);
  of_this_thread = this;
  const std::lock_guard lock(All().mutex);
  All().hearts.insert(this);
}

Heartbeat::~Heartbeat() {
  if (of_this_thread == this) of_this_thread = nullptr;
  const std::lock_guard lock(All().mutex);
  All().hearts.erase(this);
}

Heartbeat::Task::Task(Heartbeat& heart, const char* what, Time allowed)
    : Task(&heart, what, allowed) {}

Heartbeat::Task::Task(const char* what, Time allowed) : Task(of_this_thread, what, allowed) {}

Heartbeat::Task::Task(Heartbeat* heart, const char* what, Time allowed) : heart_(heart) {
  if (heart_ == nullptr) return;
  around_ = heart_->task_.exchange(what, std::memory_order_relaxed);
  allowed_around_ = heart_->allowed_.exchange(allowed, std::memory_order_relaxed);
  heart_->Beat();
}

Heartbeat::Task::~Task() {
  if (heart_ == nullptr) return;
  heart_->Beat();
  heart_->allowed_.store(allowed_around_, std::memory_order_relaxed);
  heart_->task_.store(around_, std::memory_order_relaxed);
}

void Heartbeat::Idle() {
  Heartbeats::LookWhenNobodyDoes();
  Beat();
}

// The lock of All() is held.
void Heartbeats::LookAtAll(Heartbeat::Time passed) {
  All().looked = Clock::now();
  for (Heartbeat* heart : All().hearts) {
    const uint64_t beats = heart->beats_.load(std::memory_order_relaxed);
    if (std::exchange(heart->seen_, beats) != beats) {
      heart->still_ = Heartbeat::Time(0);
    } else {
      heart->still_ += passed;
    }
  }
}

void Heartbeats::Look(Heartbeat::Time passed) {
  const std::lock_guard lock(All().mutex);
  LookAtAll(std::min(passed, kCountsAtMost));
}

void Heartbeats::LookWhenNobodyDoes() {
  const std::lock_guard lock(All().mutex);
  const auto passed = std::chrono::duration_cast<Heartbeat::Time>(Clock::now() - All().looked);
  if (passed >= kNobodyLooks) LookAtAll(std::min(passed, kIdleCountsAtMost));
}

std::string Heartbeats::WhyNot() {
  const std::lock_guard lock(All().mutex);
  std::string why;
  for (const Heartbeat* heart : All().hearts) {
    // The thread has beaten since the last look: its task is over, and so is the time for it.
    if (heart->seen_ != heart->beats_.load(std::memory_order_relaxed)) continue;
    if (heart->still_ < heart->allowed_.load(std::memory_order_relaxed)) continue;
    const char* const task = heart->task_.load(std::memory_order_relaxed);
    why += (why.empty() ? "" : "; ") +
           ("the thread \"" + heart->name_ + "\" has stood still for ") + Seconds(heart->still_) +
           ", at: " + (task == nullptr ? "waiting for work" : task);
  }
  return why;
}

}  // namespace contacts
