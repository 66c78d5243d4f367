// A wake that a test can wait for.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace contacts::testing {

// Any thread.
class Signal {
 public:
  void Raise() {
    const std::lock_guard lock(mutex_);
    raised_ = true;
    changed_.notify_all();
  }
  // Waits until the signal is raised, and lowers it. False: it was not raised in time, which only
  // happens in a broken test run.
  bool Wait(std::chrono::seconds time = std::chrono::seconds(30)) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, time, [&] { return raised_; })) return false;
    raised_ = false;
    return true;
  }
  bool raised() const {
    const std::lock_guard lock(mutex_);
    return raised_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool raised_ = false;
};

}  // namespace contacts::testing
