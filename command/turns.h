// How writers of several instances share one tenant. Without turns, the one that pipelines wins
// every slot and the others' records, each decided on a head already gone, never get in.
//
// After a conflict, for a while, a tenant's commands go out in one batch at a time. Who won its
// batch and saw records of others fall beside it then waits until one of the others has won, or
// about three round trips have passed. Whether records are history is never decided here: turns are
// manners only.
#pragma once

#include <algorithm>
#include <chrono>

#include "command/clock.h"

namespace contacts {

class Turns {
 public:
  static constexpr std::chrono::milliseconds kPolite{200};

  // Another's record took a slot that ours were made for.
  void Lost(Instant now) {
    polite_until_ = now + kPolite;
    others_wait_ = false;
    hold_until_ = {};
  }
  // Another's record was superseded. `in_flight`: some of ours are pending.
  void OthersRecordFell(Instant now, bool in_flight, std::chrono::nanoseconds round_trip) {
    polite_until_ = now + kPolite;
    others_wait_ = true;
    if (!in_flight) BatchWon(now, round_trip);
  }
  // Another's record is history.
  void OthersWon() {
    others_wait_ = false;
    hold_until_ = {};
  }
  // All of our batch is history.
  void BatchWon(Instant now, std::chrono::nanoseconds round_trip) {
    if (!others_wait_) return;
    others_wait_ = false;
    hold_until_ = now + std::min<std::chrono::nanoseconds>(3 * round_trip, kPolite);
  }

  bool Polite(Instant now) const { return now < polite_until_; }
  // Commands may be decided now. `in_flight`: some of ours are pending.
  bool MayDecide(Instant now, bool in_flight) const {
    return now >= hold_until_ && !(in_flight && Polite(now));
  }
  // When a hold ends; in the past: none.
  Instant hold_until() const { return hold_until_; }

 private:
  Instant polite_until_{};
  Instant hold_until_{};
  bool others_wait_ = false;
};

}  // namespace contacts
