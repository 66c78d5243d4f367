// The settings of a partition's writer, and the state that its pipelines share.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "command/writer/clock.h"
#include "events/event_log.h"
#include "events/position.h"
#include "events/seal/keyring.h"
#include "projections/view_lookup.h"

namespace contacts {

struct WriterOptions {
  std::chrono::milliseconds deadline{10000};
  std::chrono::milliseconds resend_after{30000};  // at least the log's delivery time-out; doubles
  size_t max_commands = 1000;                     // in flight, for each tenant; above it 429
  size_t max_bytes = 1 << 20;                     // of these commands; above it 429
  size_t max_record_bytes = 1'000'000;
  int partition = 0;   // the partition that this writer writes
  int partitions = 1;  // number of partitions of the log
};

// The state that the pipelines of a partition share.
struct WriterContext {
  const ViewLookup& lookup;
  seal::Keyring& keyring;
  const WriterOptions options;
  const World world;
  Offset position{0};  // everything before it has been applied
  uint64_t last_token = 0;
  uint64_t started_query = 0;   // the newest end query that was asked
  uint64_t answered_query = 0;  // the newest end query that was answered
  uint64_t wanted_query = 0;    // the newest end query that an answer waits for
  Offset end{0};                // the log's end by the newest answered query
  int64_t epoch = kFirstEpoch;  // of the records that are made now
  std::chrono::nanoseconds round_trip{std::chrono::milliseconds(5)};  // of a record; smoothed
  std::vector<Outgoing> outgoing = {};
  std::string fault = {};  // why no record can be written; empty: records can be written
};

}  // namespace contacts
