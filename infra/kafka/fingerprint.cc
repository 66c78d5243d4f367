#include "infra/kafka/fingerprint.h"

namespace contacts::kafka {

Fingerprint FingerprintOf(const LogEntry& entry) {
  return Fingerprint{entry.offset, Sha256(entry.value), entry.appended};
}

bool Matches(const rd_kafka_message_t& message, const Fingerprint& fingerprint) {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const int64_t appended = rd_kafka_message_timestamp(&message, &type);
  return message.offset == fingerprint.offset.value &&
         appended == fingerprint.appended.milliseconds &&
         Sha256(ValueOf(message)) == fingerprint.hash;
}

const char* WhatToDo(const TopicOptions& topic) {
  return topic.compacted
             ? "Nobody can log in. Bring the topic back from a backup and start again; or, if it "
               "is lost, delete what is left of it, start once with --adopt-secrets and set the "
               "passwords anew: contacts user passwd"
             : "Bring the right log back; or, if this log is right, remove the read models and "
               "start again: they are then made from it";
}

std::string NotAsItWasRead(const TopicOptions& topic, int partition,
                           const Fingerprint& fingerprint) {
  return "partition " + std::to_string(partition) + " of " + topic.name +
         " holds another entry at " + std::to_string(fingerprint.offset.value) +
         " than was read there: it was cut, restored or made anew. " + WhatToDo(topic);
}

std::string NotFromTheBeginning(const TopicOptions& topic, int partition,
                                std::optional<int64_t> begins) {
  const std::string message =
      "partition " + std::to_string(partition) + " of " + topic.name + " does not begin at 0" +
      (begins ? " but at " + std::to_string(*begins) : "") + ": its beginning was deleted";
  if (topic.compacted) return message + ". " + WhatToDo(topic);
  return message +
         " or compacted. Set cleanup.policy=delete and unlimited retention, and bring the log back "
         "from a good replica or a backup";
}

}  // namespace contacts::kafka
