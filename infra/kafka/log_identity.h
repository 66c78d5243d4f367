// The opening records of a log (events/opening.h), which identify it.
#pragma once

#include <chrono>
#include <string>

#include "events/event_log.h"
#include "events/values/result.h"

namespace contacts::kafka {

// The log's id, from the first opening record of partition 0, which is appended when there is none.
// The others get opening records once that one has been read back, and must have none of another
// log.
// Each call appends one record to each partition, which also tests rights, connection and clock.
// The error says what failed.
Result<std::string> OpenLog(EventLog& log, std::chrono::milliseconds time);

// A new opening record for a partition, to be appended.
std::string NewOpening(const std::string& log_id, int partition, int partitions);

}  // namespace contacts::kafka
