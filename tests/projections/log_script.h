// A log of one partition, written down entry by entry with fixed ids and times.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "events/event_log.h"
#include "events/events.h"
#include "events/history.h"

namespace contacts::testing {

struct Who {
  std::string actor = "7";
  std::string key = {};  // the Idempotency-Key; empty: none
};

class LogScript {
 public:
  // The entry by which the log begins.
  LogScript& Opens(const std::string& log_id = "log-1");
  // The next record of the tenant's history.
  LogScript& Then(const std::string& tenant, Event event, Who who = {});
  // A record that lost the race for the tenant's newest position.
  LogScript& Loser(const std::string& tenant, Event event);
  // The next record of its history, in a type that this build does not know.
  LogScript& Unknown(const std::string& tenant);
  LogScript& Raw(const std::string& key, const std::string& value);
  // The log's clock goes on; else by a millisecond an entry.
  LogScript& AfterPause(std::chrono::milliseconds time) {
    paused_ += time.count();
    return *this;
  }
  // The entry at `index` once more, at the end.
  LogScript& Again(size_t index);

  const std::vector<LogEntry>& entries() const { return entries_; }
  Head head(const std::string& tenant) const;

 private:
  struct Place {
    Head head;
    Head before;
  };
  std::string Encode(const std::string& tenant, const Head& parent, Event event, const Who& who);

  int64_t paused_ = 0;  // milliseconds
  std::vector<LogEntry> entries_;
  std::map<std::string, Place> places_;
};

// The events that most tests are made of.
ContactFields FieldsOf(const std::string& name, const std::string& email);
ContactCreated Created(int64_t id, const std::string& name, const std::string& email);
NothingChanged Idle(const std::string& command);
UserAdded Added(const std::string& id, const std::string& name, const std::string& role);

}  // namespace contacts::testing
