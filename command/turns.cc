#include "command/turns.h"

#include <algorithm>
#include <utility>

namespace contacts {
namespace {

constexpr size_t kOthersRemembered = 256;
constexpr int kInVain = 8;

}  // namespace

void Turns::Hold(Instant now, std::chrono::nanoseconds round_trip) {
  if (turn_.count() == 0) turn_ = 2 * round_trip;
  turn_ = std::clamp<std::chrono::nanoseconds>(turn_, round_trip, kLongestTurn);
  const int turns = std::max(0, others_ - turns_passed_);
  hold_until_ = now + std::min<std::chrono::nanoseconds>(turns * turn_, kPolite);
}

void Turns::OthersWon(Instant now, std::chrono::nanoseconds round_trip) {
  if (now >= polite_until_) fallen_on_.clear();
  polite_until_ = now + kPolite;
  newest_is_ours_ = false;
  others_ = std::max(others_, 1);
  if (now - last_others_win_ > round_trip / 2) {  // what comes close together is one batch
    if (now < hold_until_) turn_ = turn_ * 63 / 64;
    ++turns_passed_;
  }
  last_others_win_ = now;
  Hold(now, round_trip);
}

void Turns::OthersFell(const Hash& previous, Instant now, bool in_flight,
                       std::chrono::nanoseconds round_trip) {
  polite_until_ = now + kPolite;
  if (fallen_on_.size() >= kOthersRemembered) fallen_on_.clear();
  const int beside = ++fallen_on_[ToHex(previous)];
  others_ = std::max(others_, newest_is_ours_ ? beside : beside + 1);
  if (!std::exchange(another_fell_, true) && held_) turn_ *= 2;
  if (!in_flight) Hold(now, round_trip);
}

void Turns::BatchWon(Instant now, std::chrono::nanoseconds round_trip) {
  const bool met = std::exchange(another_fell_, false);
  const bool in_vain = held_ && !met;
  in_vain_ = in_vain ? in_vain_ + 1 : 0;
  if (in_vain_ >= kInVain) {
    in_vain_ = 0;
    others_ = std::max(0, others_ - 1);
  }
  if (now >= polite_until_) others_ = 0;
  turns_passed_ = 0;
  if (others_ > 0) Hold(now, round_trip);
}

}  // namespace contacts
