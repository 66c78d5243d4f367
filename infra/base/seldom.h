// For log lines that clients can cause as often as they like: one in a while, with the number of
// those that were left out.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

namespace contacts {

// Any thread.
class Seldom {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Seldom(Clock::duration pause = std::chrono::seconds(1)) : pause_(pause) {}

  // It may be said now, and so many were left out since the last time; nullopt: not now.
  std::optional<int64_t> MaySay(Clock::time_point now = Clock::now()) {
    const std::lock_guard lock(mutex_);
    if (said_ && now < *said_ + pause_) {
      ++left_out_;
      return std::nullopt;
    }
    said_ = now;
    return std::exchange(left_out_, 0);
  }

 private:
  const Clock::duration pause_;
  std::mutex mutex_;
  std::optional<Clock::time_point> said_;
  int64_t left_out_ = 0;
};

}  // namespace contacts
