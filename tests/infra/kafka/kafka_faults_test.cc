// Faults of a topic and its broker, made in a real one.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "infra/kafka/kafka_log.h"
#include "tests/support/kafka/broker.h"
#include "tests/support/log_client.h"

namespace contacts::testing {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kLong{60};  // only a broken test takes this long

std::unique_ptr<KafkaLog> Opened(KafkaLogOptions options) {
  auto log = KafkaLog::Open(std::move(options));
  if (!log.ok()) throw std::runtime_error(log.error().message);
  return std::move(*log);
}

std::string WhyNotOpened(KafkaLogOptions options) {
  const auto log = KafkaLog::Open(std::move(options));
  return log.ok() ? "" : log.error().message;
}

class KafkaFaults : public ::testing::Test {
 protected:
  void OpenWith(const std::vector<std::string>& values, int partitions = 1) {
    log = Opened(broker.OptionsOf(topic, partitions));
    client = std::make_unique<LogClient>(*log);
    client->Append(values);
    ASSERT_TRUE(client->UntilReports(values.size()));
    ASSERT_TRUE(client->UntilEntries(values.size()));
  }
  std::string FaultOfHandle() { return client->UntilFault() ? client->fault->message : "none"; }

  Broker& broker = Broker::Shared();
  const std::string topic = Broker::NewTopicName();
  std::unique_ptr<KafkaLog> log;
  std::unique_ptr<LogClient> client;
};

TEST_F(KafkaFaults, ATopicThatWouldLoseHistoryIsRefusedAndNamed) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"cleanup.policy", "compact"},   {"retention.ms", "604800000"},
      {"retention.bytes", "1000000"},  {"message.timestamp.type", "CreateTime"},
      {"max.message.bytes", "500000"}, {"unclean.leader.election.enable", "true"}};
  log = Opened(broker.OptionsOf(topic));
  for (const auto& [key, value] : wrong) {
    broker.SetConfig(topic, key, value);
    const std::string why = WhyNotOpened(broker.OptionsOf(topic));
    EXPECT_NE(why.find(key + "=" + value), std::string::npos) << key << ": " << why;
    EXPECT_NE(why.find("Set " + key + "="), std::string::npos) << why;
  }
  broker.SetConfig(topic, "retention.ms", "-1");
  EXPECT_EQ(WhyNotOpened(broker.OptionsOf(topic)), "");
}

TEST_F(KafkaFaults, TheLogKeepsItsIdAndEachPartitionItsOpening) {
  log = Opened(broker.OptionsOf(topic, 3));
  const std::string id = log->log_id();
  EXPECT_EQ(id.size(), 36u);
  log = Opened(broker.OptionsOf(topic, 5));  // 5 is for a topic that is made
  EXPECT_EQ(log->log_id(), id);
  EXPECT_EQ(log->partitions(), 3);
  for (int p = 0; p < 3; ++p) {
    LogClient reader(*log, p);
    ASSERT_TRUE(reader.Until([&] { return reader.all.size() == 2; })) << p;
    const auto opening = DecodeOpening(reader.all[0].key, reader.all[0].value);
    ASSERT_TRUE(opening.ok());
    EXPECT_EQ(*opening, (Opening{id, p, 3, kLogFormat}));
  }
}

TEST_F(KafkaFaults, AddedPartitionsStopTheLogAndTheNextStart) {
  OpenWith({"a"});
  broker.AddPartitions(topic, 2);
  const std::string fault = FaultOfHandle();
  EXPECT_NE(fault.find("has 2 partitions now, not 1"), std::string::npos) << fault;
  const std::string why = WhyNotOpened(broker.OptionsOf(topic));
  EXPECT_NE(why.find("was made with 1 partitions and has 2"), std::string::npos) << why;
}

TEST_F(KafkaFaults, ATopicMadeAnewIsNoticedAlsoWhenItIsLonger) {
  OpenWith({"a"});
  broker.DeleteTopic(topic);
  auto other = Opened(broker.OptionsOf(topic));
  LogClient writer(*other);
  writer.Append({"b", "c", "d", "e"});
  ASSERT_TRUE(writer.UntilReports(4));
  const std::string fault = FaultOfHandle();
  EXPECT_TRUE(fault.find("holds another entry") != std::string::npos ||
              fault.find("gone from the cluster") != std::string::npos ||
              fault.find("belongs to the log") != std::string::npos ||
              fault.find("made anew") != std::string::npos)
      << fault;
  // When the next fetch comes after the new topic was made, librdkafka reads on in the new one.
  ASSERT_FALSE(client->Values().empty());
  EXPECT_EQ(client->Values().front(), "a");
}

TEST_F(KafkaFaults, ADeletedTopicIsNoticed) {
  OpenWith({"a"});
  broker.DeleteTopic(topic);
  const std::string fault = FaultOfHandle();
  EXPECT_NE(fault.find(topic), std::string::npos) << fault;
}

TEST_F(KafkaFaults, ACutHeadIsNoticed) {
  OpenWith({"a", "b", "c"});
  broker.DeleteRecords(topic, 0, Offset{2});
  const std::string fault = FaultOfHandle();
  EXPECT_NE(fault.find("does not begin at 0 but at 2"), std::string::npos) << fault;
  const std::string why = WhyNotOpened(broker.OptionsOf(topic));
  EXPECT_NE(why.find("does not begin at 0"), std::string::npos) << why;
}

TEST_F(KafkaFaults, ALogThatWasCutIsNoticedAlsoWhenItHasGrownAgain) {
  OpenWith({"a"});
  for (const char* value : {"b", "c", "d"}) {
    client->Append({value});
    ASSERT_TRUE(client->UntilReports(client->reports.size() + 1));
  }
  ASSERT_TRUE(client->UntilEntries(4));
  broker.Kill();
  broker.CutTail(topic, 0, 3);  // the opening record, a and b stay
  broker.Start();
  auto other = Opened(broker.OptionsOf(topic));
  LogClient writer(*other);
  writer.Append({"v", "w", "x", "y", "z"});
  ASSERT_TRUE(writer.UntilReports(5));
  const std::string fault = FaultOfHandle();
  EXPECT_NE(fault.find("cut"), std::string::npos) << fault;
  EXPECT_NE(fault.find("right log back"), std::string::npos) << fault;
  EXPECT_EQ(client->Values(), (std::vector<std::string>{"a", "b", "c", "d"}));
}

TEST_F(KafkaFaults, SettingsThatAreChangedWhileTheLogRunsStopIt) {
  OpenWith({"a"});
  broker.SetConfig(topic, "cleanup.policy", "compact");
  const std::string fault = FaultOfHandle();
  EXPECT_NE(fault.find("cleanup.policy=compact"), std::string::npos) << fault;
}

// An operator who corrects cleanup.policy afterwards has lost history nevertheless.
TEST_F(KafkaFaults, ALogThatWasCompactedIsRefused) {
  broker.MakeTopic(topic, 1,
                   {{"cleanup.policy", "compact"},
                    {"segment.ms", "100"},
                    {"max.compaction.lag.ms", "3600000"},
                    {"delete.retention.ms", "604800000"},
                    {"min.cleanable.dirty.ratio", "0.0"},
                    {"message.timestamp.type", "LogAppendTime"}});
  KafkaLogOptions compacted = broker.OptionsOf(topic);
  compacted.topic.compacted = true;
  log = Opened(compacted);
  client = std::make_unique<LogClient>(*log);
  client->Append({"lost"}, "$log");
  ASSERT_TRUE(client->UntilReports(1));
  // The cleaner spares only the newest segment, and a later entry begins a new one.
  const auto first_is_gone = [&] {
    client->Append({"kept"}, "$log");
    if (!client->UntilReports(client->reports.size() + 1)) return false;
    LogClient reader(*log);
    return reader.Until([&] { return !reader.all.empty(); }) && reader.all[0].offset.value > 0;
  };
  bool gone = false;
  for (const auto until = Clock::now() + kLong; !gone && Clock::now() < until;) {
    gone = first_is_gone();
  }
  ASSERT_TRUE(gone);
  client.reset();
  log.reset();
  broker.SetConfig(topic, "cleanup.policy", "delete");
  const std::string why = WhyNotOpened(broker.OptionsOf(topic));
  EXPECT_NE(why.find("does not begin at 0"), std::string::npos) << why;
  EXPECT_NE(why.find("deleted or compacted"), std::string::npos) << why;
}

TEST_F(KafkaFaults, ATopicThatMixesTwoLogsIsRefused) {
  auto one = Opened(broker.OptionsOf(topic, 2));
  const std::string other_topic = Broker::NewTopicName();
  auto other = Opened(broker.OptionsOf(other_topic, 2));
  one.reset();
  other.reset();
  broker.Kill();
  broker.CopyPartition(other_topic, topic, 1);
  broker.Start();
  const std::string why = WhyNotOpened(broker.OptionsOf(topic, 2));
  EXPECT_NE(why.find("mixture of two logs"), std::string::npos) << why;
}

TEST_F(KafkaFaults, WritingStopsWhileTheClocksDifferAndGoesOnAutomatically) {
  std::atomic<int64_t> off{0};
  KafkaLogOptions options = broker.OptionsOf(topic);
  options.clock = [&off] {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return Timestamp{std::chrono::duration_cast<std::chrono::milliseconds>(now).count() + off};
  };
  log = Opened(options);
  client = std::make_unique<LogClient>(*log);
  const auto append = [&] {
    client->Append({"value"});
    return client->UntilReports(client->reports.size() + 1) ? client->reports.back().outcome
                                                            : Delivery::kUnknown;
  };
  ASSERT_EQ(append(), Delivery::kStored);
  EXPECT_EQ(log->Trouble(), "");
  off = 60'000;
  append();  // its report shows the difference
  EXPECT_NE(log->Trouble().find("differ by more than 2 s"), std::string::npos) << log->Trouble();
  EXPECT_EQ(append(), Delivery::kDenied);
  EXPECT_NE(client->reports.back().reason.find("clock"), std::string::npos);
  off = 0;
  const auto until = Clock::now() + kLong;
  while (append() == Delivery::kDenied && Clock::now() < until) {
  }
  EXPECT_EQ(client->reports.back().outcome, Delivery::kStored);
  EXPECT_EQ(log->Trouble(), "");
}

TEST_F(KafkaFaults, AClockThatIsOffKeepsTheLogFromOpening) {
  KafkaLogOptions options = broker.OptionsOf(topic);
  options.clock = [] {
    const auto now = std::chrono::system_clock::now() + std::chrono::minutes(1);
    return Timestamp{
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count()};
  };
  const std::string why = WhyNotOpened(options);
  EXPECT_NE(why.find("clock"), std::string::npos) << why;
}

TEST_F(KafkaFaults, ADeadProducerIsReplaced) {
  OpenWith({"a"});
  log->FailProducerForTest();
  client->Append({"b"});
  ASSERT_TRUE(client->UntilReports(2));
  if (client->reports[1].outcome == Delivery::kUnknown) client->Append({"b again"});
  ASSERT_TRUE(client->Until(
      [&] { return client->reports.back().outcome == Delivery::kStored || client->fault; }));
  EXPECT_FALSE(client->fault) << client->fault->message;
  client->Append({"c"});
  ASSERT_TRUE(client->Until([&] { return client->Values().back() == "c" || client->fault; }));
  EXPECT_FALSE(client->fault);
}

TEST_F(KafkaFaults, AnEntryAppendedWhileTheBrokerIsDownIsStoredWhenItIsBack) {
  OpenWith({"a"});
  broker.Kill();
  client->Append({"b"});
  client->handle().QueryEnd(7);
  broker.Start();
  ASSERT_TRUE(client->UntilReports(2));
  ASSERT_TRUE(client->Until([&] { return client->entries.size() >= 2 || client->fault; }));
  EXPECT_FALSE(client->fault) << client->fault->message;
  EXPECT_EQ(client->Values(), (std::vector<std::string>{"a", "b"}));
  ASSERT_TRUE(client->Until([&] { return client->end_query == 7u; }));
}

TEST_F(KafkaFaults, AFlippedByteIsNoticed) {
  OpenWith({"aaaaaaaa"});
  for (const char* value : {"bbbbbbbb", "cccccccc"}) {  // each in its own batch
    client->Append({value});
    ASSERT_TRUE(client->UntilReports(client->reports.size() + 1));
  }
  client.reset();
  log.reset();
  broker.Stop();
  const std::string segment = broker.FirstSegment(topic, 0);
  std::string bytes;
  {
    std::ifstream in(segment, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  const size_t at = bytes.find("bbbbbbbb");
  ASSERT_NE(at, std::string::npos);
  bytes[at] = 'x';
  std::ofstream(segment, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  broker.Start();
  // A start that reads this far fails; otherwise the reader stops there.
  std::string why;
  auto opened = KafkaLog::Open(broker.OptionsOf(topic));
  if (opened.ok()) {
    log = std::move(*opened);
    client = std::make_unique<LogClient>(*log);
    why = FaultOfHandle();
    for (const LogEntry& entry : client->entries) EXPECT_LT(entry.offset, Offset{2});
  } else {
    why = opened.error().message;
  }
  EXPECT_NE(why.find("is damaged at 2"), std::string::npos) << why;
}

}  // namespace
}  // namespace contacts::testing
