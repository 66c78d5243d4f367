// The optimistic writer of one partition: decides commands on the state that this instance applied
// and on its own pending records, chains records onto each other, and answers a command when its
// record has come back through the log. command/README.md draws the rule record by record.
//
// A state machine without threads, clocks or I/O of its own: it is driven by PartitionLoop, in the
// program and in the simulation alike.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "command/command.h"
#include "command/writer/clock.h"
#include "command/writer/tenant_pipeline.h"
#include "events/event_log.h"
#include "events/judged.h"
#include "projections/view_lookup.h"

namespace contacts {

// One thread, the one that applies. Throws StoreFailure.
class Writer {
 public:
  // `lookup` must show what the judged entries that are handed in made of the views.
  Writer(const ViewLookup& lookup, WriterOptions options, World world);

  // `reply` comes once: at once when the command cannot be taken, else from a later call.
  void Submit(Command command, Reply reply, Instant now);

  void OnReports(const std::vector<DeliveryReport>& reports, Instant now);
  // After the entries were applied. `position`: everything before it has been.
  void OnJudged(const std::vector<Judged>& entries, Offset position, Instant now);
  void OnEnd(uint64_t query, Offset end);

  // Whatever has become due: decides, sends again, answers, gives up on deadlines. After each round
  // of the calls above, and when `NextTimer` has come.
  void Advance(Instant now);

  // What Advance wants the log to do.
  std::vector<Outgoing> TakeOutgoing();
  std::optional<uint64_t> TakeEndQuery();

  // nullopt: nothing is due at any time.
  std::optional<Instant> NextTimer() const;
  // Commands that are not answered yet.
  size_t unanswered() const;
  // Why nothing can be written; empty: it can.
  const std::string& fault() const { return context_.fault; }

  // Answers all that is open as unknown. The writer is of no use afterwards.
  void Abandon(const std::string& why);

 private:
  TenantPipeline& PipelineOf(const TenantId& tenant);

  WriterContext context_;
  std::map<TenantId, std::unique_ptr<TenantPipeline>> pipelines_;
  std::unordered_map<uint64_t, TenantId> tokens_;
  bool end_query_in_flight_ = false;
};

}  // namespace contacts
