// Given a log: one partition, written entry by entry with fixed ids and times.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "events/event_log.h"
#include "events/events.h"
#include "events/history.h"
#include "events/record.h"

namespace contacts::testing {

inline constexpr Timestamp kStart{1764000000000};  // 2025-11-24T16:00:00.000Z

// Times of records are a second apart.
constexpr Timestamp TimeOf(Sequence sequence) {
  return Timestamp{kStart.milliseconds + 1000 * sequence.value};
}

struct Who {
  std::string actor = "7";
  std::string key = {};  // the Idempotency-Key; empty: none
};

// The record after `parent`. All have one id, because nothing that reads a log compares ids.
Record RecordAfter(const Head& parent, const TenantId& tenant, Event event, const Who& who = {});

class LogScript {
 public:
  // The opening record, with which the log begins.
  LogScript& Opens(const std::string& log_id = "log-1", int64_t epoch = 1);
  // The next record of the tenant's history.
  LogScript& Then(const std::string& tenant, Event event, const Who& who = {});
  // A record that lost the race for the tenant's newest position.
  LogScript& Loser(const std::string& tenant, Event event);
  // The next record of the tenant's history, of a type that this build does not know.
  LogScript& Unknown(const std::string& tenant);
  LogScript& Raw(const std::string& key, const std::string& value);
  // The log's clock advances by `time`; otherwise it advances a millisecond for each entry.
  LogScript& AfterPause(std::chrono::milliseconds time) {
    paused_ += time.count();
    return *this;
  }
  // Appends the entry at `index` once more.
  LogScript& Again(size_t index);

  const std::vector<LogEntry>& entries() const { return entries_; }
  // The newest record that Then or Unknown wrote.
  Head head(const std::string& tenant) const;

 private:
  struct Place {
    Head head;
    Head before;
  };
  LogScript& Grow(const std::string& tenant, const std::string& bytes);

  int64_t paused_ = 0;  // milliseconds
  std::vector<LogEntry> entries_;
  std::map<std::string, Place> places_;
};

// The events of most tests.
ContactFields FieldsOf(const std::string& name, const std::string& email);
ContactCreated Created(int64_t id, const std::string& name, const std::string& email);
NothingChanged Idle(const std::string& command);
UserAdded Added(const std::string& id, const std::string& name, const std::string& role);

}  // namespace contacts::testing
