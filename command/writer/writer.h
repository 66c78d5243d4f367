// The optimistic writer of one partition: decides commands on the state that this instance applied
// and on its own pending records, chains records onto each other, and answers a command when its
// record has come back through the log. command/README.md draws the rule record by record.
//
// A state machine without threads, clocks or I/O of its own. PartitionLoop drives it, both in the
// program and in the simulation.
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

// One thread, the one that applies the log. Throws StoreFailure.
class Writer {
 public:
  // `lookup` must show the views with all judged entries applied that OnJudged receives.
  Writer(const ViewLookup& lookup, WriterOptions options, World world);

  // `reply` is called once: during this call if the command cannot be taken, else in a later call.
  void Submit(Command command, Reply reply, Instant now);

  void OnReports(const std::vector<DeliveryReport>& reports, Instant now);
  // Call it after the entries were applied. `position`: everything before it has been applied.
  void OnJudged(const std::vector<Judged>& entries, Offset position, Instant now);
  void OnEnd(uint64_t query, Offset end);

  // Does everything that is due: decides, sends again, answers, gives up at deadlines. Call it
  // after each round of the calls above, and at `NextTimer`.
  void Advance(Instant now);

  // The entries and the end query that Advance has for the log.
  std::vector<Outgoing> TakeOutgoing();
  std::optional<uint64_t> TakeEndQuery();

  // When the next thing becomes due; nullopt: nothing will without another call.
  std::optional<Instant> NextTimer() const;
  // Commands that are not answered yet.
  size_t unanswered() const;
  // Why no record can be written; empty: records can be written.
  const std::string& fault() const { return context_.fault; }

  // Answers all open commands as failed or of unknown outcome. Do not use the writer afterwards.
  void Abandon(const std::string& why);

 private:
  TenantPipeline& PipelineOf(const TenantId& tenant);

  WriterContext context_;
  std::map<TenantId, std::unique_ptr<TenantPipeline>> pipelines_;
  std::unordered_map<uint64_t, TenantId> tokens_;
  bool end_query_in_flight_ = false;
};

}  // namespace contacts
