// What can happen to a topic and its broker, done to a real one.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "infra/kafka/kafka_log.h"
#include "tests/support/kafka/broker.h"
#include "tests/support/log_client.h"

namespace contacts::testing {
namespace {

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
  log = Opened(broker.OptionsOf(topic, 5));  // of topics that are made
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
              fault.find("made anew") != std::string::npos)
      << fault;
  EXPECT_EQ(client->Values(), (std::vector<std::string>{"a"}));
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
  EXPECT_NE(fault.find("begins at 2, not at 0"), std::string::npos) << fault;
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
  log->FailProducer();
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

TEST_F(KafkaFaults, WhatWasAppendedWhileTheBrokerIsDownIsThereWhenItIsBack) {
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
  OpenWith({"aaaaaaaa", "bbbbbbbb", "cccccccc"});
  client.reset();
  log.reset();
  broker.Stop();
  const std::string segment = broker.LogDirectory() + "/" + topic + "-0/00000000000000000000.log";
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
  // The start may read that far, and refuses then; else the reader stops there.
  std::string why;
  auto opened = KafkaLog::Open(broker.OptionsOf(topic));
  if (opened.ok()) {
    log = std::move(*opened);
    client = std::make_unique<LogClient>(*log);
    why = FaultOfHandle();
    EXPECT_TRUE(client->entries.empty());
  } else {
    why = opened.error().message;
  }
  EXPECT_NE(why.find("is damaged at 1"), std::string::npos) << why;
}

}  // namespace
}  // namespace contacts::testing
