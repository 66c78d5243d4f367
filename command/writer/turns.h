// How writers of several instances share one tenant. Without turns, the one that pipelines wins
// every slot and the others' records, each decided on a head already gone, never get in.
//
// While writers meet on a tenant, each sends one batch at a time, and whoever has waited longest
// goes first. All read from the log who is there (records name their writer) and who won last, so
// they agree on the order without a word between them: whose own last win is the oldest sends at
// once, any other pauses for as long as those before it need. How long that is, is measured for
// each: from the batch before to its own. Who lets its pause pass is not waited for again until it
// is seen again; if what is then seen was on its way, the pause was too short and is doubled.
//
// Whether records are history is never decided here: turns are manners only.
#pragma once

#include <chrono>
#include <map>
#include <optional>

#include "command/writer/clock.h"
#include "events/history.h"
#include "events/judged.h"

namespace contacts {

// One thread. Times must not go backwards.
class Turns {
 public:
  // How long after the last sign of another it is reckoned with.
  static constexpr std::chrono::milliseconds kRemembered{1000};
  static constexpr std::chrono::milliseconds kLongestPause{100};

  // `ours`: what our own records are marked with. `round_trip`: of our own records; it is followed.
  Turns(WriterTag ours, const std::chrono::nanoseconds& round_trip)
      : ours_(ours), round_trip_(round_trip) {}

  // A record that is history, ours or not.
  void OnHistory(const Judged& entry, Instant now);
  // A record that is not, ours or not. `in_flight`: some of ours are pending.
  void OnSuperseded(const Judged& entry, Instant now, bool in_flight);
  // All that we had sent is history.
  void BatchWon(Instant now) { Hold(now); }
  // A batch goes out, chained on `head`.
  void Send(const Head& head, Instant now);

  // Commands may be decided now. `in_flight`: some of ours are pending.
  bool MayDecide(Instant now, bool in_flight) const {
    return now >= hold_until_ && !(in_flight && Contended(now));
  }
  // What is known of others is worth keeping.
  bool Sharing(Instant now) const { return now < last_seen_ + kRemembered; }
  // When a hold ends; in the past: none.
  Instant hold_until() const { return hold_until_; }

 private:
  struct Other {
    Instant seen;
    Sequence won;                    // its newest record in history
    std::chrono::nanoseconds pause;  // for one batch of it
    int batches = 0;                 // that were measured
    // The head on which it let its turn pass; none: it has shown since that it is there.
    std::optional<Head> passed_over;
    bool Contends(Instant now) const { return !passed_over && now < seen + kRemembered; }
  };

  Other& See(const Judged& entry, Instant now);
  bool IsAhead(const Other& other, Instant now) const;
  static void Measure(std::chrono::nanoseconds took, Other* other);
  void Hold(Instant now);
  bool Contended(Instant now) const;

  const WriterTag ours_;
  const std::chrono::nanoseconds& round_trip_;
  std::map<WriterTag, Other> others_;
  Sequence won_{0};        // our newest record in history
  WriterTag last_winner_;  // of the newest record of history …
  Instant last_win_{};     // … which was read then
  Instant line_moved_{};   // the newest win of ours, or of one that was ahead of us
  Instant last_seen_ = Instant{} - kRemembered;
  Instant hold_until_{};
};

}  // namespace contacts
