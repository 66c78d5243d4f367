#include "infra/kafka/mark.h"

#include <string_view>

namespace contacts::kafka {

Mark MarkOf(const LogEntry& entry) {
  return Mark{entry.offset, Sha256(entry.value), entry.appended};
}

bool IsMarked(const rd_kafka_message_t& message, const Mark& mark) {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const int64_t appended = rd_kafka_message_timestamp(&message, &type);
  const std::string_view value(static_cast<const char*>(message.payload), message.len);
  return message.offset == mark.offset.value && appended == mark.appended.milliseconds &&
         Sha256(value) == mark.hash;
}

std::string NotAsItWasRead(const std::string& topic, int partition, const Mark& mark) {
  return "partition " + std::to_string(partition) + " of " + topic + " holds another entry at " +
         std::to_string(mark.offset.value) +
         " than was read there: it was cut, restored or made anew. " + kBringTheRightLogBack;
}

}  // namespace contacts::kafka
