// Follows one partition of the log: makes sure that it is the log that the read models were made
// from, reads on from their checkpoint, judges and applies, and announces new positions. It needs
// no writer: each reader of history that keeps its own position is a follower with its own view
// store and projector. PartitionLoop is a follower with a writer.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "events/event_log.h"
#include "events/judged.h"
#include "events/log_reader.h"
#include "projections/projector.h"

namespace contacts {

// The result of one step; all its entries are applied.
struct Followed {
  std::vector<LogEntry> entries;
  std::vector<Judged> judged;         // one for each entry
  std::vector<Erasure> erasures;      // what the entries erased: their keys must be destroyed
  std::optional<uint64_t> end_query;  // the query of AskEnd that was answered …
  Offset end{0};                      // … with this end
  bool more = false;                  // the log may have more entries ready
};

// One thread at a time. Step, Poll and Apply throw StoreFailure; the follower must not be used
// afterwards. No other member throws.
class Follower {
 public:
  using Applied = std::function<void(const TenantId&, Sequence)>;

  // Log and projector must outlive this, and no other code may read by this handle. Asks for the
  // log's end immediately. Calls `applied` with each tenant's new position once its rows are
  // visible.
  Follower(LogPartition& log, Projector& projector, Applied applied);

  // Reads and applies the entries that the log has ready, and never waits. Returns nothing once
  // there is a fault.
  Followed Step() { return Apply(Poll()); }
  // The two halves of Step, for a caller that must pass on reports before entries are applied.
  Polled Poll();
  Followed Apply(Polled polled);

  // The answer comes with a later step. Queries start at 1 and grow.
  void AskEnd(uint64_t query);

  // The next entry to read: all entries before it have been applied.
  Offset position() const { return projector_.checkpoint().next; }
  // The log's end as it was at the start has been applied. Never false again.
  bool caught_up() const { return caught_up_; }
  // Entries between position() and that end; 0 while the end is not known.
  int64_t entries_left() const;
  // The next record waits for its keys (Projector::WaitsForKeys): call Step again soon.
  bool waits_for_keys() const { return !held_.empty(); }
  // Why the follower stands still for good; empty: it does not stand still.
  const std::string& fault() const { return fault_; }
  // The follower stops for good; the first cause is kept.
  void StandStill(const std::string& why);

 private:
  bool CheckPlace(std::vector<LogEntry>& entries);
  bool IsBeforeCheckpoint(const LogEntry& entry) const;
  bool CheckEnd(uint64_t query, Offset end);
  void ApplyHeld(Followed* followed);
  void Announce(const std::vector<Judged>& judged) const;

  LogPartition& log_;
  Projector& projector_;
  const Applied applied_;
  std::vector<LogEntry> held_;          // read, and not applied yet
  std::optional<uint64_t> held_query_;  // an end that was told behind the held entries …
  Offset held_end_{0};                  // … and its place
  bool check_before_ = false;  // the next entry is the one before the checkpoint, read again
  uint64_t asked_query_ = 0;   // the newest end query …
  Offset asked_at_{0};         // … and the position at which it was asked
  std::optional<Offset> start_end_;
  bool caught_up_ = false;
  std::string fault_;
};

// Steps until the follower has caught up, for a caller that has nothing else to do meanwhile;
// `wake` belongs to the follower's handle. False: a fault stopped the follower, or the log reported
// nothing for `patience` (then fault() is empty and the caller may try again). Throws StoreFailure.
bool CatchUp(Follower& follower, LogWake& wake, std::chrono::milliseconds patience);

}  // namespace contacts
