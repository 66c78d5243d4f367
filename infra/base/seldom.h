// Rate limit for log lines that clients can cause as often as they like: at most one per pause,
// with the number of lines that were left out.
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

  // How many lines were left out since the last one, when a line may be logged now; nullopt: not
  // now.
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
