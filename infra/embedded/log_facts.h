// What a log on disk is, and the begin of its next epoch, for code that puts logs in their place.
#pragma once

#include <cstdint>
#include <string>

#include "events/values/ids.h"
#include "events/values/result.h"
#include "events/values/time.h"

namespace contacts::embedded {

struct LogFacts {
  std::string log_id;
  int64_t epoch = 1;
  int64_t partitions = 1;
  int64_t entries = 0;
  Timestamp newest;  // the log's time of its newest entry
};

// Reads every entry and compares it with its seal; changes nothing. The error says what is wrong
// and what to do.
Result<LogFacts> CheckLog(const std::string& directory);
// The same, without reading the entries.
Result<LogFacts> LookAtLog(const std::string& directory);

// The next opening record of the log will be of this epoch; on disk when it returns. No other
// process may have the log open. Does nothing if the log is of that epoch already.
Result<bool> BeginEpoch(const std::string& directory, int64_t epoch);

}  // namespace contacts::embedded
