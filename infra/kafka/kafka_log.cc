#include "infra/kafka/kafka_log.h"

#include <stdexcept>

#include "infra/kafka/kafka_partition.h"
#include "infra/kafka/log_identity.h"
#include "infra/kafka/log_watch.h"
#include "infra/kafka/producer.h"

namespace contacts {

struct KafkaLog::State {
  State(KafkaLogOptions o, int count)
      : options(std::move(o)), partitions(count), producer(options.settings, options.topic.name) {
    if (!options.topic.compacted) {
      watch = std::make_unique<kafka::LogWatch>(options.settings, options.topic.name, partitions,
                                                options.watch_interval);
    }
  }
  const KafkaLogOptions options;
  const int partitions;
  std::string log_id;
  kafka::Producer producer;
  std::unique_ptr<kafka::LogWatch> watch;  // of what must never change
};

KafkaLog::KafkaLog(std::unique_ptr<State> state) : state_(std::move(state)) {}
KafkaLog::~KafkaLog() = default;

Result<std::unique_ptr<KafkaLog>> KafkaLog::Open(KafkaLogOptions options) {
  try {
    const Result<int> partitions =
        kafka::OpenTopic(options.settings, options.topic, options.start_time);
    if (!partitions.ok()) return partitions.error();
    const bool events = !options.topic.compacted;
    const auto time = options.start_time;
    std::unique_ptr<KafkaLog> log(
        new KafkaLog(std::make_unique<State>(std::move(options), *partitions)));
    if (events) {
      Result<std::string> id = kafka::OpenLog(*log, time);
      if (!id.ok()) return id.error();
      log->state_->log_id = std::move(*id);
    }
    return log;
  } catch (const std::runtime_error& failure) {
    return Error{ErrorCode::kUnavailable, failure.what()};
  }
}

const std::string& KafkaLog::log_id() const { return state_->log_id; }
int KafkaLog::partitions() const { return state_->partitions; }

std::unique_ptr<LogPartition> KafkaLog::Open(int partition) {
  return std::make_unique<kafka::KafkaPartition>(state_->options.settings,
                                                 state_->options.topic.name, partition,
                                                 state_->producer, state_->watch.get());
}

void KafkaLog::FailProducer() { state_->producer.FailFatally(); }

}  // namespace contacts
