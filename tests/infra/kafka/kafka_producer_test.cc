#include <gtest/gtest.h>

#include "infra/base/system_clock.h"
#include "infra/kafka/producer.h"
#include "tests/support/kafka/broker.h"
#include "tests/support/signal.h"

namespace contacts::testing {
namespace {

// An entry for a partition that librdkafka does not know came back immediately, and writer and
// producer passed it back and forth without end.
TEST(KafkaProducer, AnEntryForAPartitionThatIsNotKnownYetWaitsForIt) {
  Broker& broker = Broker::Shared();
  const std::string topic = Broker::NewTopicName();
  broker.MakeTopic(topic, 1, {});
  kafka::Settings settings = broker.settings();
  settings["topic.metadata.refresh.interval.ms"] = "50";
  Signal signal;
  const auto inbox = std::make_shared<kafka::Inbox>();
  inbox->SetWake([&] { signal.Raise(); });
  kafka::Producer producer(settings, topic, SystemTime);
  // While librdkafka does not know the topic at all, it takes an entry for any partition.
  producer.Append(0, inbox, {{6, "acme", "value"}});
  ASSERT_TRUE(signal.Wait());
  ASSERT_EQ(inbox->Take().reports.size(), 1u);
  producer.Append(1, inbox, {{7, "acme", "value"}});
  EXPECT_FALSE(signal.raised());
  broker.AddPartitions(topic, 2);
  ASSERT_TRUE(signal.Wait());
  const std::vector<DeliveryReport> reports = inbox->Take().reports;
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].outcome, Delivery::kStored) << reports[0].reason;
  inbox->SetWake(nullptr);
}

}  // namespace
}  // namespace contacts::testing
