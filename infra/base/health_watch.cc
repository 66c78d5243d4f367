#include "infra/base/health_watch.h"

#include "infra/base/heartbeat.h"

namespace contacts {
namespace {

constexpr int kLooksPerQuestion = 2;

}  // namespace

HealthWatch::HealthWatch(const Health& health) : health_(health), thread_([this] { Run(); }) {}

HealthWatch::~HealthWatch() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void HealthWatch::Run() {
  Heartbeat heart("health");
  Clock::time_point looked = Clock::now();
  std::unique_lock lock(mutex_);
  // The first question comes two looks after the start, so that a part that is ready in a moment
  // makes no log line.
  for (int looks = 0; !wake_.wait_for(lock, Heartbeats::kLookEvery, [this] { return ending_; });
       ++looks) {
    lock.unlock();
    const Clock::time_point now = Clock::now();
    Heartbeats::Look(std::chrono::duration_cast<Heartbeat::Time>(now - looked));
    looked = now;
    heart.Beat();
    const Heartbeat::Task task(heart, "asking what is wrong");
    if (looks % kLooksPerQuestion == 1) log_.Say(health_.Ask());
    lock.lock();
  }
}

}  // namespace contacts
