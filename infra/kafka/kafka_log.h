// The log in a Kafka topic: any number of instances, one history. Kafka orders and replicates it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "events/event_log.h"
#include "events/values/result.h"
#include "infra/kafka/settings.h"
#include "infra/kafka/topic.h"

namespace contacts {

namespace kafka {
inline constexpr size_t kMaxValueBytes = 1'000'000;
inline constexpr size_t kMaxEntryBytes = kMaxValueBytes + 1000;  // with its key
}  // namespace kafka

struct KafkaLogOptions {
  kafka::Settings settings;  // of kafka::ReadSettings
  kafka::TopicOptions topic;
  std::chrono::milliseconds start_time{30000};       // for the cluster to answer at the start
  std::chrono::milliseconds watch_interval{10'000};  // how often the log's identity is looked at
  std::function<Timestamp()> clock{};                // none: this machine's
};

// Any thread. Lost connections and restarts of brokers heal by themselves. A log that is no longer
// the one that was opened (cut, made anew, other partitions, damaged) is a fault of its handles. A
// compacted topic has no opening records, no id, and no clock that is compared.
class KafkaLog : public EventLog {
 public:
  // The topic is made when there is none, checked, and given its opening records. The error says
  // what is wrong and what to do; kNotFound: see TopicOptions::why_not_made.
  static Result<std::unique_ptr<KafkaLog>> Open(KafkaLogOptions options);
  ~KafkaLog() override;

  const std::string& log_id() const;
  // Why writes cannot go now, and will again by themselves; empty: they can.
  std::string Trouble() const;
  // The topic was not there when it was last asked for; empty: it was.
  std::string Missing() const;
  // What is wrong with the topic for good, as far as was found while running; empty: nothing. Its
  // handles have the same fault.
  std::string Fault() const;
  // `look` is called, on a thread of the log's, each time before what was read is looked at again.
  // It is not called any more once this has been called with another, or none.
  void OnEachLook(std::function<void()> look);

  int partitions() const override;
  // As many handles of a partition as one likes.
  std::unique_ptr<LogPartition> Open(int partition) override;
  size_t max_value_bytes() const override { return kafka::kMaxValueBytes; }

  // For tests: the producer dies as librdkafka's idempotent producer can.
  void FailProducer();

 private:
  struct State;
  explicit KafkaLog(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace contacts
