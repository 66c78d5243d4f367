// The opening records of a log (events/opening.h): what makes it this log and no other.
#pragma once

#include <chrono>
#include <string>

#include "events/event_log.h"
#include "events/values/result.h"

namespace contacts::kafka {

// The log's id by the first opening record of partition 0, which is appended when there is none;
// the other partitions get theirs once it has been read back, and must have none of another log.
// Each call appends one record to each partition: a probe of rights, of the way and of the clock.
// The error says what did not go.
Result<std::string> OpenLog(EventLog& log, std::chrono::milliseconds time);

// One more opening record of a partition.
std::string NewOpening(const std::string& log_id, int partition, int partitions);

}  // namespace contacts::kafka
