// The port to the log: ordered partitions of opaque entries that only grow. The embedded log, Kafka
// and the log of the simulation implement it; all pass tests/support/event_log_contract.h.
//
// The log knows nothing of history: every reader decides which entries count (events/history.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/values/ids.h"
#include "events/values/time.h"

namespace contacts {

struct LogEntry {
  Offset offset;
  Timestamp appended;  // the log's clock
  std::string key;
  std::string value;
};

// One entry to append. The report repeats `token`, which means nothing to the log.
struct Outgoing {
  uint64_t token = 0;
  std::string key;
  std::string value;
};

enum class Delivery {
  kStored,     // durable, at `offset`
  kUnknown,    // may be in the log, or get there later: time-out, lost connection
  kNeverSent,  // refused on this side (too large): certainly not in the log
  kRefused,    // the log refused it for good; an earlier attempt of its own may have succeeded
  kDenied,     // refused for now: no right to write, clocks that differ
};

struct DeliveryReport {
  uint64_t token = 0;
  Delivery outcome = Delivery::kUnknown;
  Offset offset{-1};   // with kStored
  std::string reason;  // with all others; for people
};

// A fault that the partition cannot recover from automatically.
struct LogFault {
  std::string message;  // what happened and what to do
};

// All that came in since the last Poll. Use it in this order: reports, entries, end.
struct Polled {
  std::vector<DeliveryReport> reports;
  std::vector<LogEntry> entries;      // consecutive in log order; their offsets may have gaps
  std::optional<uint64_t> end_query;  // the newest QueryEnd that was answered
  Offset end{0};                  // the offset after the last entry, when it was answered or later
  std::optional<LogFault> fault;  // once set, it stays; nothing more is read or appended
};

// One partition, used by one thread at a time. Only the wake may be called on any thread.
class LogPartition {
 public:
  virtual ~LogPartition() = default;

  // Called whenever Poll may have something new; it must not block and must not call back.
  virtual void SetWake(std::function<void()> wake) = 0;

  // Poll then returns entries from `from` on. Call it before the first Poll, and to start over.
  virtual void Seek(Offset from) = 0;

  // Hands entries over, in order, and returns without waiting; each gets exactly one report. An
  // entry is durable when its report says kStored, and Poll returns it only once it is durable.
  virtual void Append(std::vector<Outgoing> entries) = 0;

  // Asks where the log ends. Poll returns the answer: at least the end as it was at this call.
  // `query` must grow with each call.
  virtual void QueryEnd(uint64_t query) = 0;

  // Never blocks. At most `max_entries` entries; with 0, whoever asks again takes the rest: nothing
  // wakes for entries that are ready already.
  virtual Polled Poll(size_t max_entries) = 0;
};

class EventLog {
 public:
  virtual ~EventLog() = default;
  virtual int partitions() const = 0;
  // One handle a partition; the log must outlive it.
  virtual std::unique_ptr<LogPartition> Open(int partition) = 0;
  // The largest value in bytes that Append takes.
  virtual size_t max_value_bytes() const = 0;
};

}  // namespace contacts
