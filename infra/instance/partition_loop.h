// One partition of one instance: a follower of the log with a writer. Each change of a partition
// happens in Step, on one thread, in one order; the program and the simulation both drive it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "command/writer/writer.h"
#include "events/erasure.h"
#include "events/event_log.h"
#include "infra/instance/follower.h"
#include "projections/projector.h"

namespace contacts {

struct SubmittedCommand {
  Command command;
  Reply reply;
};

// Step throws StoreFailure; call Abandon then, after which Step only refuses commands.
class PartitionLoop {
 public:
  // What a record erased; `ours`: the writer made it.
  using Erased = std::function<void(const Erasure&, bool ours)>;

  // log, projector and applied are passed to Follower; the writer must outlive the loop, too.
  // `erased` is called once the rows are visible, and before any command is answered or decided
  // that the erasure could concern.
  PartitionLoop(LogPartition& log, Projector& projector, Writer& writer, Follower::Applied applied,
                Erased erased = {});

  // Follows the log, takes submissions and writes, once. True: there may be more to do immediately.
  // Submissions before caught_up() are refused; those that Step took are removed from
  // `submissions`, also when it throws.
  bool Step(std::vector<SubmittedCommand>& submissions, Instant now);

  // Calls `applied` in a later Step: once the log's end, asked for after this call, was applied.
  // Never when the loop stands still, or when too many wait.
  void AskEnd(std::function<void()> applied);

  // Forwarded to Follower.
  bool caught_up() const { return follower_.caught_up(); }
  int64_t entries_left() const { return follower_.entries_left(); }
  bool waits_for_keys() const { return follower_.waits_for_keys(); }
  const std::string& fault() const { return follower_.fault(); }

  // Answers all open commands with an unknown outcome, and stands still.
  void Abandon(const std::string& why);

 private:
  bool Follow(Instant now);
  void Take(std::vector<SubmittedCommand>& submissions, Instant now);
  void Write(Instant now);
  void TellEnds();
  void TellErasures(const Followed& followed) const;

  struct EndWait {
    uint64_t query;
    std::optional<Offset> end;  // by that query or a later one
    std::function<void()> applied;
  };

  LogPartition& log_;
  Writer& writer_;
  const Erased erased_;
  Follower follower_;
  std::vector<EndWait> ends_;
};

}  // namespace contacts
