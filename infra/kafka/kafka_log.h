// The log in a Kafka topic: any number of instances share one history. Kafka orders and replicates
// it.
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
  kafka::Settings settings;  // from kafka::ReadSettings
  kafka::TopicOptions topic;
  std::chrono::milliseconds start_time{30000};  // how long a start waits for the cluster to answer
  std::chrono::milliseconds watch_interval{10'000};  // between looks at the log's identity
  std::function<Timestamp()> clock{};                // none: this machine's
};

// Any thread. It recovers automatically from lost connections and restarts of brokers. A log that
// is no longer the one that was opened (cut, made anew, re-partitioned, damaged) is a fault of its
// handles. A compacted topic has no opening records and no id, and clocks are not compared.
class KafkaLog : public EventLog {
 public:
  // Makes the topic when there is none, checks it and appends its opening records. The error says
  // what is wrong and what to do; kNotFound: see TopicOptions::why_not_made.
  static Result<std::unique_ptr<KafkaLog>> Open(KafkaLogOptions options);
  ~KafkaLog() override;

  const std::string& log_id() const;
  // Why nothing can be written now; this heals without an operator. Empty: writing works.
  std::string Trouble() const;
  // Says that the topic did not exist when the watch last asked for it; empty: it did.
  std::string Missing() const;
  // The lasting fault of the topic that the watch found; empty: none. The handles have it too.
  std::string Fault() const;

  int partitions() const override;
  // Any number of handles of a partition may be open.
  std::unique_ptr<LogPartition> Open(int partition) override;
  size_t max_value_bytes() const override { return kafka::kMaxValueBytes; }

  // The producer dies as librdkafka's idempotent producer can.
  void FailProducerForTest();

 private:
  struct State;
  explicit KafkaLog(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace contacts
