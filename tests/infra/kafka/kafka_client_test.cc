// Questions to a mock cluster of librdkafka.
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
// It needs the header above.
#include <librdkafka/rdkafka_mock.h>

#include <atomic>

#include "infra/kafka/client.h"

namespace contacts::kafka {
namespace {

using std::chrono::seconds;

constexpr int16_t kListOffsets = 2;  // Kafka protocol, "API keys"
constexpr char kTopic[] = "events";

// Eight partitions, the odd ones led by broker 1, the others by broker 2.
class KafkaClient : public ::testing::Test {
 protected:
  static constexpr int kPartitions = 8;
  static int LeaderOf(int partition) { return partition % 2 == 1 ? 1 : 2; }

  void SetUp() override {
    Conf conf(rd_kafka_conf_new());
    char error[256];
    ASSERT_EQ(rd_kafka_conf_set(conf.get(), "test.mock.num.brokers", "2", error, sizeof error),
              RD_KAFKA_CONF_OK)
        << error;
    rd_kafka_conf_interceptor_add_on_new(conf.get(), "test", &Watch, &questions);
    client.reset(rd_kafka_new(RD_KAFKA_CONSUMER, conf.get(), error, sizeof error));
    ASSERT_NE(client, nullptr) << error;
    conf.release();  // NOLINT(bugprone-unused-return-value): the client owns it now
    rd_kafka_mock_cluster_t* cluster = rd_kafka_handle_mock_cluster(client.get());
    rd_kafka_mock_topic_create(cluster, kTopic, kPartitions, 2);
    for (int p = 0; p < kPartitions; ++p) {
      rd_kafka_mock_partition_set_leader(cluster, kTopic, p, LeaderOf(p));
    }
  }

  static rd_kafka_resp_err_t Watch(rd_kafka_t* made, const rd_kafka_conf_t*, void* count, char*,
                                   size_t) {
    return rd_kafka_interceptor_add_on_request_sent(made, "test", &Count, count);
  }
  static rd_kafka_resp_err_t Count(rd_kafka_t*, int, const char*, int32_t, int16_t key, int16_t,
                                   int32_t, size_t, void* count) {
    if (key == kListOffsets) ++*static_cast<std::atomic<int>*>(count);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  std::atomic<int> questions{0};  // requests for offsets that were sent
  Client client;
};

TEST_F(KafkaClient, AsksEachBrokerOnceForAllPartitionsThatItLeads) {
  std::set<int> all;
  for (int p = 0; p < kPartitions; ++p) all.insert(p);
  EXPECT_EQ(AskOffsets(client.get(), kTopic, all, EdgeOf::kEnd, seconds(30)).size(), all.size());
  EXPECT_EQ(questions, 2);
  const auto odd = AskOffsets(client.get(), kTopic, {1, 3, 5}, EdgeOf::kEnd, seconds(30));
  EXPECT_EQ(odd, (std::map<int, int64_t>{{1, 0}, {3, 0}, {5, 0}}));
  EXPECT_EQ(questions, 3);
}

TEST_F(KafkaClient, TellsWhichBrokerLeadsAPartition) {
  const TopicState state = AskTopic(client.get(), kTopic, seconds(30));
  ASSERT_EQ(state.leaders.size(), static_cast<size_t>(kPartitions));
  for (int p = 0; p < kPartitions; ++p) {
    EXPECT_EQ(state.leaders[static_cast<size_t>(p)], LeaderOf(p)) << p;
  }
}

// A partition that does not exist, or has no leader, is missing in the answer, which comes without
// a wait.
TEST_F(KafkaClient, AnswersForTheOthersWhenAPartitionIsNotThere) {
  EXPECT_EQ(AskOffsets(client.get(), kTopic, {0, 99}, EdgeOf::kEnd, seconds(30)),
            (std::map<int, int64_t>{{0, 0}}));
}

}  // namespace
}  // namespace contacts::kafka
