// Signs of life of the threads that requests depend on. A thread that is well beats at least once a
// second, also while it waits for work; one that has not beaten for longer than its work may take
// stands still: the disk does not answer, a lock is held, or somebody stopped it.
//
// A beat costs a store, and no question for the time: whoever looks notes when it last saw a
// change.
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

  // While it lives, the thread does this, which may take so long without a beat. `what` must be a
  // constant. One within another is a step of it that has a time of its own.
  class Task {
   public:
    Task(Heartbeat& heart, const char* what, Time allowed = kAllowed);
    // On the calling thread's heart, for whoever is called on threads of others; it may have none.
    Task(const char* what, Time allowed);
    ~Task();
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

   private:
    Task(Heartbeat* heart, const char* what, Time allowed);

    Heartbeat* const heart_;
    const char* around_ = nullptr;  // the task around it; nullptr: there is none
    Time allowed_around_{kAllowed};
  };

  // Waits as the condition variable's own wait does, and beats meanwhile.
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

  // Nothing came for `kWaitAtMost`. Looks after the others when nobody does any more, and beats.
  void Idle();

  const std::string name_;
  uint64_t own_beats_ = 0;
  std::atomic<uint64_t> beats_{0};
  std::atomic<const char*> task_{nullptr};  // none: it waits
  std::atomic<Time> allowed_{kAllowed};
  uint64_t seen_ = 0;  // of whoever looks: the newest beat …
  Time still_{0};      // … and for how long there was no other
};

// All heartbeats of the process.
class Heartbeats {
 public:
  // To be called by one thread about every `kLookEvery`, with the time since it looked last. That
  // thread has a heartbeat, too: while it does not look, threads that wait for work do.
  static constexpr Heartbeat::Time kLookEvery{250};
  static void Look(Heartbeat::Time passed);
  // Which threads stood still when somebody looked last, for how long and at what; empty: none.
  static std::string WhyNot();

 private:
  friend class Heartbeat;
  static void LookWhenNobodyDoes();
  static void LookAtAll(Heartbeat::Time passed);
};

}  // namespace contacts
