// The handles of librdkafka, each owned once. Nothing outside of this folder sees them.
#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>
#include <string_view>

namespace contacts::kafka {

template <class T, auto kDelete>
struct Deleter {
  void operator()(T* handle) const { kDelete(handle); }
};
template <class T, auto kDelete>
using Holder = std::unique_ptr<T, Deleter<T, kDelete>>;

using Client = Holder<rd_kafka_t, &rd_kafka_destroy>;
using Conf = Holder<rd_kafka_conf_t, &rd_kafka_conf_destroy>;
using TopicHandle = Holder<rd_kafka_topic_t, &rd_kafka_topic_destroy>;
using Queue = Holder<rd_kafka_queue_t, &rd_kafka_queue_destroy>;
using Message = Holder<rd_kafka_message_t, &rd_kafka_message_destroy>;
using Event = Holder<rd_kafka_event_t, &rd_kafka_event_destroy>;
using NewTopic = Holder<rd_kafka_NewTopic_t, &rd_kafka_NewTopic_destroy>;
using AdminOptions = Holder<rd_kafka_AdminOptions_t, &rd_kafka_AdminOptions_destroy>;
using PartitionList =
    Holder<rd_kafka_topic_partition_list_t, &rd_kafka_topic_partition_list_destroy>;
using ConfigResource = Holder<rd_kafka_ConfigResource_t, &rd_kafka_ConfigResource_destroy>;

inline void DestroyMetadata(const rd_kafka_metadata_t* metadata) {
  rd_kafka_metadata_destroy(metadata);
}
using Metadata = Holder<const rd_kafka_metadata_t, &DestroyMetadata>;

// Views of the message's own bytes; empty when the message has no key, or no value.
inline std::string_view KeyOf(const rd_kafka_message_t& message) {
  return {static_cast<const char*>(message.key), message.key_len};
}
inline std::string_view ValueOf(const rd_kafka_message_t& message) {
  return {static_cast<const char*>(message.payload), message.len};
}

}  // namespace contacts::kafka
