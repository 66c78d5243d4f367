// One partition of one instance: a follower of the log with a writer. Each change of a partition
// happens in Step, on one thread, in one order; the program and the simulation both drive it.
#pragma once

#include <string>
#include <vector>

#include "command/writer/writer.h"
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
  // log, projector and applied are passed to Follower; the writer must outlive the loop, too.
  PartitionLoop(LogPartition& log, Projector& projector, Writer& writer, Follower::Applied applied);

  // Follows the log, takes submissions and writes, once. True: there may be more to do immediately.
  // Submissions before caught_up() are refused; those that Step took are removed from
  // `submissions`, also when it throws.
  bool Step(std::vector<SubmittedCommand>& submissions, Instant now);

  // Forwarded to Follower.
  bool caught_up() const { return follower_.caught_up(); }
  int64_t entries_left() const { return follower_.entries_left(); }
  const std::string& fault() const { return follower_.fault(); }

  // Answers all open commands with an unknown outcome, and stands still.
  void Abandon(const std::string& why);

 private:
  bool Follow(Instant now);
  void Take(std::vector<SubmittedCommand>& submissions, Instant now);
  void Write(Instant now);

  LogPartition& log_;
  Writer& writer_;
  Follower follower_;
};

}  // namespace contacts
