// When entries that wait are to be sent. A request costs a broker, and us, about as much with one
// entry as with thirty; who waits for an answer sends the next command only after it. So of those
// that are about, half are sent together while the other half are answered.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>

namespace contacts::kafka {

// Of one partition, under its producer's lock.
class Grouping {
 public:
  using Clock = std::chrono::steady_clock;

  // The longest that an entry waits for others.
  static constexpr std::chrono::milliseconds kLongest{1};

  // How many wait and are under way, together.
  void Note(size_t at_once) { most_ = std::max(most_, at_once); }

  // True: all that wait are to be sent now. False: ask again when there are more, or after
  // kLongest. `waiting` is not 0, and nothing is under way.
  bool IsTime(size_t waiting, Clock::time_point now) {
    if (2 * waiting < most_) {
      if (!since_) since_ = now;
      if (now - *since_ < kLongest) return false;
      most_ = waiting;  // fewer are about than there were
    }
    since_.reset();
    return true;
  }

  // Some wait for others.
  bool holds() const { return since_.has_value(); }

 private:
  size_t most_ = 1;  // at once, of late
  std::optional<Clock::time_point> since_;
};

}  // namespace contacts::kafka
