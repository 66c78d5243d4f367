// How writers of several instances share one tenant. Without turns, a writer that pipelines wins
// every slot, and the records of the others, each decided on an old head, never become history.
//
// While writers meet on a tenant, each sends one batch at a time, and the writer that has waited
// longest goes first. All read from the log which writers are active (records name their writer)
// and when each won last, so they agree on the order without messages: the writer whose last win is
// the oldest sends immediately, and each other writer pauses for as long as those before it need.
// That time is measured for each writer, from the batch before its own to its own. A writer that
// lets its turn pass is not waited for until its next record is read. If that record was in flight
// when the turn passed, the pause was too short and is doubled.
//
// Turns never decide whether a record is history: they are manners only.
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
  // How long another writer counts as active after its last record was read.
  static constexpr std::chrono::milliseconds kRemembered{1000};
  static constexpr std::chrono::milliseconds kLongestPause{100};

  // `ours`: the tag of our own records. `round_trip`: of our own records; read at each use, so it
  // must outlive this object.
  Turns(WriterTag ours, const std::chrono::nanoseconds& round_trip)
      : ours_(ours), round_trip_(round_trip) {}

  // A record of history was read, ours or another writer's.
  void OnHistory(const Judged& entry, Instant now);
  // A superseded record was read. `in_flight`: some records of ours are pending.
  void OnSuperseded(const Judged& entry, Instant now, bool in_flight);
  // All records that we sent are history.
  void BatchWon(Instant now) { Hold(now); }
  // A batch goes out, chained on `head`.
  void Send(const Head& head, Instant now);

  // Whether commands may be decided now. `in_flight`: some records of ours are pending.
  bool MayDecide(Instant now, bool in_flight) const {
    return now >= hold_until_ && !(in_flight && Contended(now));
  }
  // Whether another writer is active, so that this object must be kept.
  bool Sharing(Instant now) const { return now < last_seen_ + kRemembered; }
  // When our pause ends; in the past: there is no pause.
  Instant hold_until() const { return hold_until_; }

 private:
  struct Other {
    Instant seen;
    Sequence won;                    // its newest record in history
    std::chrono::nanoseconds pause;  // how long to wait for one batch of it
    int batches = 0;                 // number of measured batches
    // The head at which it let its turn pass; nullopt: a record of it was read since.
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
  WriterTag last_winner_;  // the writer of the newest record of history
  Instant last_win_{};     // when the newest record of history was read
  Instant line_moved_{};   // the newest win of ours, or of a writer that was ahead of us
  Instant last_seen_ = Instant{} - kRemembered;
  Instant hold_until_{};
};

}  // namespace contacts
