// One partition of one instance: reads the log, applies, decides, appends. Everything that happens
// to a partition happens in Step, on one thread, in one order; the program and the simulation both
// drive it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "command/writer/writer.h"
#include "events/event_log.h"
#include "projections/projector.h"

namespace contacts {

struct Submission {
  Command command;
  Reply reply;
};

// Throws StoreFailure from its constructor and from Step; it is of no use afterwards.
class PartitionLoop {
 public:
  using Applied = std::function<void(const TenantId&, Sequence)>;

  // `applied` hears of each tenant's new position once its rows are visible.
  PartitionLoop(LogPartition& log, Projector& projector, Writer& writer, Applied applied);

  // One round. True: there may be more to do at once. Submissions before caught_up() are refused;
  // those that it took are removed from `submissions`, also when it throws.
  bool Step(std::vector<Submission>& submissions, Instant now);

  // The log's end as it was at the start has been applied.
  bool caught_up() const { return caught_up_; }
  // Entries between here and that end.
  int64_t entries_left() const;
  // Why this partition stands still for good; empty: it does not.
  const std::string& fault() const { return fault_; }

  // Answers whatever is open as unknown, and stands still.
  void Abandon(const std::string& why);

 private:
  void Take(std::vector<Submission>& submissions, Instant now);
  bool TakeEntries(std::vector<LogEntry> entries, Instant now);
  bool NoteProgress();
  bool IsSameLog(const LogEntry& before);
  void AskEnd(uint64_t query);
  void CheckEnd(Offset end);
  void Announce(const std::vector<Judged>& judged);

  LogPartition& log_;
  Projector& projector_;
  Writer& writer_;
  const Applied applied_;
  bool check_before_ = false;  // the next entry is the one before the checkpoint, read again
  Offset asked_at_{0};         // how far this instance was when it asked for the end
  std::optional<Offset> start_end_;
  bool caught_up_ = false;
  std::string fault_;
};

}  // namespace contacts
