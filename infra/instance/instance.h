// One running instance: for each partition of the log a thread that applies entries and decides
// commands on the very state that it applied.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "command/command.h"
#include "events/event_log.h"
#include "projections/positions.h"
#include "projections/view_store.h"

namespace contacts {

struct InstanceOptions {
  std::chrono::milliseconds deadline{10000};  // of a command; then 503 with unknown outcome
};

struct InstanceStatus {
  bool caught_up = false;    // has applied the log's end as it was at the start
  int64_t entries_left = 0;  // of the first catch-up
  std::string fault;         // why writes do not go; empty: they do
  std::string trouble;       // why they do not go now, and will again by themselves; empty: they do
  int64_t superseded = 0;
  int64_t foreign = 0;
  std::vector<std::string> parked;  // tenants
};

class Instance : public Commands {
 public:
  // The log, the views and the positions must outlive it. Starts the first catch-up at once.
  Instance(EventLog& log, ViewStore& views, Positions& positions, InstanceOptions options);
  ~Instance() override;  // as Stop(0 ms)

  void Submit(Command command, Reply reply) override;

  // Any thread.
  InstanceStatus status() const;
  // Until the first catch-up is done, a fault stops it, or the time is over. True: caught up.
  bool WaitCaughtUp(std::chrono::milliseconds time);

  // Takes no more commands, waits until all are answered or the time is over, then stops; what is
  // still open is answered kUnknownOutcome. True: all were answered.
  bool Stop(std::chrono::milliseconds time);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace contacts
