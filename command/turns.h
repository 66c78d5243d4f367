// How writers of several instances share one tenant. Without turns, the one that pipelines wins
// every slot and the others' records, each decided on a head already gone, never get in.
//
// While writers meet on a tenant, each sends one batch at a time. Who has just won lets as many
// batches of others go first as there are others; who has waited for all of them sends at once. So
// the longest wait goes first, without a word between the instances: everybody reads from the log
// how many there are (their records fall beside the winner's) and who has won. The pause for one
// turn learns to be long enough for the slowest: it doubles when another's record falls although
// its turn was waited for.
//
// Whether records are history is never decided here: turns are manners only.
#pragma once

#include <chrono>
#include <string>
#include <unordered_map>

#include "command/clock.h"
#include "events/hash.h"

namespace contacts {

// One thread. Times must not go backwards.
class Turns {
 public:
  // How long after the last sign of others a writer is polite.
  static constexpr std::chrono::milliseconds kPolite{200};
  static constexpr std::chrono::milliseconds kLongestTurn{25};

  // Another's record is history. `round_trip`: of our own records.
  void OthersWon(Instant now, std::chrono::nanoseconds round_trip);
  // Another's record, chained on `previous`, was superseded. `in_flight`: some of ours are pending.
  void OthersFell(const Hash& previous, Instant now, bool in_flight,
                  std::chrono::nanoseconds round_trip);
  // A record of ours is history; …
  void OursWon() { newest_is_ours_ = true; }
  // … and all others that we had sent are, too.
  void BatchWon(Instant now, std::chrono::nanoseconds round_trip);

  // A batch goes out.
  void Send() { held_ = turns_passed_ < others_; }

  // Commands may be decided now. `in_flight`: some of ours are pending.
  bool MayDecide(Instant now, bool in_flight) const {
    return now >= hold_until_ && !(in_flight && Sharing(now));
  }
  // Others have been met lately: what is known of them is worth keeping.
  bool Sharing(Instant now) const { return now < polite_until_; }
  // When a hold ends; in the past: none.
  Instant hold_until() const { return hold_until_; }

 private:
  void Hold(Instant now, std::chrono::nanoseconds round_trip);

  Instant polite_until_{};
  Instant hold_until_{};
  Instant last_others_win_{};
  std::chrono::nanoseconds turn_{0};  // for one batch of another; 0: not met yet
  int others_ = 0;                    // how many we share with
  int turns_passed_ = 0;              // batches of others since our last
  int in_vain_ = 0;                   // such batches in a row that nobody met
  bool newest_is_ours_ = false;
  bool held_ = false;          // our newest batch waited for somebody who did not come
  bool another_fell_ = false;  // since our newest batch won
  std::unordered_map<std::string, int> fallen_on_;  // records of others by what they are chained on
};

}  // namespace contacts
