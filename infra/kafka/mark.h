// An entry that was read, so that it can be told from another in its place.
#pragma once

#include <string>

#include "events/event_log.h"
#include "events/values/hash.h"
#include "infra/kafka/handles.h"

namespace contacts::kafka {

struct Mark {
  Offset offset{-1};
  Hash hash;
  Timestamp appended;
};

// What to do about a log that is not the one that was read.
inline constexpr char kBringTheRightLogBack[] =
    "Bring the right log back; or, if this log is right, remove the read models and start again: "
    "they are then made from it";

Mark MarkOf(const LogEntry& entry);
bool IsMarked(const rd_kafka_message_t& message, const Mark& mark);
// The message of a fault: the entry there is another one.
std::string NotAsItWasRead(const std::string& topic, int partition, const Mark& mark);

}  // namespace contacts::kafka
