// When to send the entries that wait. A request costs the broker and us about as much with one
// entry as with thirty, and a client sends its next command only after an answer. So the producer
// sends once half of the commands in flight are waiting; the other half is being answered
// meanwhile.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>

namespace contacts::kafka {

// For one partition; the producer's lock guards it.
class Grouping {
 public:
  using Clock = std::chrono::steady_clock;

  // The longest that an entry waits for others.
  static constexpr std::chrono::milliseconds kLongest{1};

  // `together`: the entries that wait plus those in flight.
  void Note(size_t together) { most_ = std::max(most_, together); }

  // True: send all entries that wait. False: ask again when there are more, or after kLongest.
  // Call it with `waiting` above 0 and nothing in flight.
  bool IsTime(size_t waiting, Clock::time_point now) {
    if (2 * waiting < most_) {
      if (!since_) since_ = now;
      if (now - *since_ < kLongest) return false;
      most_ = waiting;  // fewer clients send than before
    }
    since_.reset();
    return true;
  }

  // Entries are held back until more come.
  bool holds() const { return since_.has_value(); }

 private:
  size_t most_ = 1;                         // recent maximum of entries that wait or are in flight
  std::optional<Clock::time_point> since_;  // when holding back began
};

}  // namespace contacts::kafka
