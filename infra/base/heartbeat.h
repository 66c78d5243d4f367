// Signs of life of the threads that requests depend on. A healthy thread beats at least once a
// second, also while it waits for work. A thread that has not beaten for longer than its work may
// take stands still: the disk does not answer, a lock is held, or the thread was stopped.
//
// A beat costs one store and does not read the clock: the thread that looks notes when it last saw
// a change.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>

namespace contacts {

// The heartbeat of one thread, which makes it and alone beats; watched until it is destroyed.
class Heartbeat {
 public:
  using Time = std::chrono::milliseconds;
  static constexpr Time kAllowed{3000};     // without a beat
  static constexpr Time kWaitAtMost{1000};  // for work

  // Names the calling thread, too.
  explicit Heartbeat(std::string name);
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  void Beat() { beats_.store(++own_beats_, std::memory_order_relaxed); }

  // While a Task lives, the thread is at `what`, a constant, and may go without a beat for
  // `allowed`. A Task within another one is a step with a time of its own.
  class Task {
   public:
    Task(Heartbeat& heart, const char* what, Time allowed = kAllowed);
    // Uses the calling thread's heartbeat, for code that other threads call; a thread without one
    // is not watched.
    Task(const char* what, Time allowed);
    ~Task();
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

   private:
    Task(Heartbeat* heart, const char* what, Time allowed);

    Heartbeat* const heart_;
    const char* around_ = nullptr;  // the task around it; nullptr: none
    Time allowed_around_{kAllowed};
  };

  // Waits like the condition variable's own wait, and beats meanwhile.
  template <class Ready>
  void Wait(std::condition_variable& wake, std::unique_lock<std::mutex>& lock, Ready ready) {
    Beat();
    while (!wake.wait_for(lock, kWaitAtMost, ready)) Idle();
    Beat();
  }
  // True: `ready` is true; false: the time is over and it is not.
  template <class Ready>
  bool WaitUntil(std::condition_variable& wake, std::unique_lock<std::mutex>& lock,
                 std::chrono::steady_clock::time_point until, Ready ready) {
    while (true) {
      Beat();
      const auto now = std::chrono::steady_clock::now();
      if (until <= now + kWaitAtMost) break;
      if (wake.wait_until(lock, now + kWaitAtMost, ready)) return true;
      Idle();
    }
    return wake.wait_until(lock, until, ready);
  }

 private:
  friend class Heartbeats;

  // Called when no work came for `kWaitAtMost`: looks at all hearts when the health thread no
  // longer does, and beats.
  void Idle();

  const std::string name_;
  uint64_t own_beats_ = 0;
  std::atomic<uint64_t> beats_{0};
  std::atomic<const char*> task_{nullptr};  // nullptr: it waits for work
  std::atomic<Time> allowed_{kAllowed};
  uint64_t seen_ = 0;  // for the thread that looks: the newest beat …
  Time still_{0};      // … and the time without another
};

// All heartbeats of the process.
class Heartbeats {
 public:
  // Called by one thread about every `kLookEvery`, with the time since its last look. That thread
  // has a heartbeat, too: while it calls no Look, threads that wait for work look in its place.
  static constexpr Heartbeat::Time kLookEvery{250};
  static void Look(Heartbeat::Time passed);
  // Which threads stood still at the last look, for how long and at what; empty: none.
  static std::string WhyNot();

 private:
  friend class Heartbeat;
  static void LookWhenNobodyDoes();
  static void LookAtAll(Heartbeat::Time passed);
};

}  // namespace contacts
