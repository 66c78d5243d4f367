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
#include "events/made_records.h"
#include "projections/view_lookup.h"

namespace contacts {

// One thread, the one that applies the log. Throws StoreFailure.
class Writer : public MadeRecords {
 public:
  // `lookup` must show the views with all judged entries applied that OnJudged receives.
  Writer(const ViewLookup& lookup, seal::Keyring& keyring, WriterOptions options, World world);

  // `reply` is called once: during this call if the command cannot be taken, else in a later call.
  void Submit(Command command, Reply reply, Instant now);

  void OnReports(const std::vector<DeliveryReport>& reports, Instant now);
  // Call it after the entries were applied. `position`: everything before it has been applied.
  void OnJudged(const std::vector<Judged>& entries, Offset position, Instant now);
  void OnEnd(uint64_t query, Offset end);
  // Asks for the log's end, in one query for all that want it. Returns the query: once
  // answered_query() is not less, end() is an end that was asked for after this call.
  uint64_t WantEnd();
  uint64_t answered_query() const { return context_.answered_query; }
  Offset end() const { return context_.end; }

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
  const Record* Made(std::string_view key, const Hash& hash) const override;
  // The end of the ids of its records.
  WriterTag tag() const { return context_.world.writer; }
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
