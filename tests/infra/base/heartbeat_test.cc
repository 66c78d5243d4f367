// A thread that stands still is named, with the time and the task; one within its allowed time is
// not.
#include "infra/base/heartbeat.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

namespace contacts::testing {
namespace {

using std::chrono::milliseconds;

// Looks as often as would be in this time, without waiting.
void LookFor(milliseconds time) {
  for (milliseconds looked{0}; looked < time; looked += Heartbeats::kLookEvery) {
    Heartbeats::Look(Heartbeats::kLookEvery);
  }
}

// A thread that does its work and then waits until the test lets it go.
class HeldThread {
 public:
  template <class Work>
  explicit HeldThread(Work work)
      : thread_([this, work] {
          Heartbeat heart("held");
          work(heart, [this] {
            held_.set_value();
            let_go_.get_future().wait();
          });
        }) {
    held_.get_future().wait();
    Heartbeats::Look(Heartbeats::kLookEvery);  // sees the newest beat
  }
  ~HeldThread() { LetGo(); }
  void LetGo() {
    if (!thread_.joinable()) return;
    Resume();
    thread_.join();
  }
  // Does not wait for the thread's end.
  void Resume() {
    if (!std::exchange(resumed_, true)) let_go_.set_value();
  }

 private:
  std::promise<void> held_;
  std::promise<void> let_go_;
  bool resumed_ = false;
  std::thread thread_;
};

TEST(Heartbeat, AThreadThatStandsStillIsNamedUntilItGoesOn) {
  HeldThread thread([](Heartbeat& heart, const auto& hold) {
    const Heartbeat::Task task(heart, "counting sheep");
    hold();
  });
  LookFor(milliseconds(2500));
  EXPECT_EQ(Heartbeats::WhyNot(), "");
  LookFor(milliseconds(1500));
  EXPECT_EQ(Heartbeats::WhyNot(),
            "the thread \"held\" has stood still for 4 s, at: counting sheep");
  thread.LetGo();
  EXPECT_EQ(Heartbeats::WhyNot(), "");
}

// The allowed time ends with the task, but no look may have come since.
TEST(Heartbeat, ALongTaskThatEndedIsNotAFault) {
  std::promise<void> ended, seen;
  HeldThread thread([&](Heartbeat& heart, const auto& hold) {
    {
      const Heartbeat::Task task(heart, "rendering", milliseconds(20'000));
      hold();
    }
    ended.set_value();
    seen.get_future().wait();
  });
  LookFor(milliseconds(15'000));
  thread.Resume();
  ended.get_future().wait();
  EXPECT_EQ(Heartbeats::WhyNot(), "");
  seen.set_value();
}

TEST(Heartbeat, AStepOfATaskMayTakeLongerThanTheTask) {
  HeldThread thread([](Heartbeat& heart, const auto& hold) {
    const Heartbeat::Task task(heart, "a task of its queue");
    { const Heartbeat::Task step("writing far away", milliseconds(1000)); }
    const Heartbeat::Task step("waiting for others", milliseconds(10'000));
    hold();
  });
  LookFor(milliseconds(8000));
  EXPECT_EQ(Heartbeats::WhyNot(), "");
  LookFor(milliseconds(4000));
  EXPECT_NE(Heartbeats::WhyNot().find("at: waiting for others"), std::string::npos);
}

TEST(Heartbeat, AfterAStepTheTaskHasItsOwnTimeAgain) {
  HeldThread thread([](Heartbeat& heart, const auto& hold) {
    const Heartbeat::Task task(heart, "rendering", milliseconds(20'000));
    { const Heartbeat::Task step("writing far away", milliseconds(1000)); }
    hold();
  });
  LookFor(milliseconds(15'000));
  EXPECT_EQ(Heartbeats::WhyNot(), "");
  LookFor(milliseconds(10'000));
  EXPECT_NE(Heartbeats::WhyNot().find("at: rendering"), std::string::npos);
}

TEST(Heartbeat, ATaskMayTakeItsAllowedTime) {
  const HeldThread thread([](Heartbeat& heart, const auto& hold) {
    const Heartbeat::Task task(heart, "rendering", milliseconds(20'000));
    hold();
  });
  LookFor(milliseconds(15'000));
  EXPECT_EQ(Heartbeats::WhyNot(), "");
  LookFor(milliseconds(5'000));
  EXPECT_NE(Heartbeats::WhyNot().find("rendering"), std::string::npos);
}

// SIGSTOP of the whole process, or a machine that slept, is no thread's fault.
TEST(Heartbeat, ALateLookBlamesNoThread) {
  const HeldThread thread([](Heartbeat&, const auto& hold) { hold(); });
  Heartbeats::Look(std::chrono::hours(1));
  EXPECT_EQ(Heartbeats::WhyNot(), "");
  LookFor(milliseconds(3000));
  EXPECT_NE(Heartbeats::WhyNot().find("waiting for work"), std::string::npos);
}

TEST(Heartbeat, AThreadThatWaitsForWorkBeats) {
  std::mutex mutex;
  std::condition_variable wake;
  bool ending = false;
  std::atomic<int> asked{0};
  std::thread idle([&] {
    Heartbeat heart("idle");
    std::unique_lock lock(mutex);
    heart.Wait(wake, lock, [&] {
      ++asked;
      return ending;
    });
  });
  while (asked < 3) {  // nothing wakes the thread
    LookFor(milliseconds(1));
    std::this_thread::yield();
  }
  LookFor(milliseconds(2500));
  EXPECT_EQ(Heartbeats::WhyNot(), "");
  {
    const std::lock_guard lock(mutex);
    ending = true;
  }
  wake.notify_one();
  idle.join();
}

}  // namespace
}  // namespace contacts::testing
