#include "infra/kafka/kafka_log.h"
#include "tests/support/event_log_contract.h"
#include "tests/support/kafka/broker.h"

namespace contacts::testing {
namespace {

class KafkaFixture {
 public:
  static constexpr bool kThreads = true;
  KafkaFixture() { Reopen(); }
  EventLog& log() { return *log_; }
  void Reopen() {
    log_.reset();
    auto opened = KafkaLog::Open(Broker::Shared().OptionsOf(topic_));
    if (!opened.ok()) throw std::runtime_error(opened.error().message);
    log_ = std::move(*opened);
  }
  bool Wait(Signal& signal) { return signal.Wait(); }

 private:
  const std::string topic_ = Broker::NewTopicName();
  std::unique_ptr<KafkaLog> log_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Kafka, EventLogContract, KafkaFixture);

}  // namespace
}  // namespace contacts::testing
