// Exponential backoff: how long to wait before the next try, twice as long after each failure.
#pragma once

#include <algorithm>
#include <chrono>

namespace contacts {

class GrowingPause {
 public:
  using Time = std::chrono::milliseconds;

  constexpr GrowingPause(Time first, Time longest)
      : first_(first), longest_(longest), next_(first) {}

  // After a failure.
  Time Next() {
    const Time pause = next_;
    next_ = std::min(2 * next_, longest_);
    return pause;
  }
  // After a success.
  void Reset() { next_ = first_; }

 private:
  Time first_;
  Time longest_;
  Time next_;
};

}  // namespace contacts
