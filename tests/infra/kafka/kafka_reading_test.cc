// Reading entries that a topic already holds.
#include <gtest/gtest.h>

#include <algorithm>

#include "infra/kafka/kafka_log.h"
#include "tests/support/kafka/broker.h"
#include "tests/support/log_client.h"

namespace contacts::testing {
namespace {

// librdkafka 2.0.2 stops fetching once enough entries wait, and looks again only a second later:
// here that would be after each 32 of 1,600 entries.
TEST(KafkaReading, GoesOnImmediatelyWhenTheWaitingEntriesWereRead) {
  KafkaLogOptions options = Broker::Shared().OptionsOf(Broker::NewTopicName());
  options.settings["queued.max.messages.kbytes"] = "256";
  options.settings["fetch.message.max.bytes"] = "65536";
  auto log = KafkaLog::Open(options);
  ASSERT_TRUE(log.ok()) << log.error().message;
  LogClient writer(**log);
  for (int i = 0; i < 25; ++i) {
    writer.Append(std::vector<std::string>(64, std::string(8192, 'x')));
    ASSERT_TRUE(writer.UntilReports(64 * (static_cast<size_t>(i) + 1)));
  }
  LogClient reader(**log);
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(reader.Until([&] { return reader.entries.size() == 1600; }, 8));
  const auto took = std::chrono::steady_clock::now() - began;
  EXPECT_LT(took, std::chrono::seconds(8)) << "without the fix it waits about 18 s";
  RecordProperty("ms", static_cast<int>(took / std::chrono::milliseconds(1)));
}

// A poll handed out 4,000 entries, of up to 1 MB each.
TEST(KafkaReading, APollIsBoundedInBytes) {
  auto log = KafkaLog::Open(Broker::Shared().OptionsOf(Broker::NewTopicName()));
  ASSERT_TRUE(log.ok()) << log.error().message;
  constexpr size_t kBytes = 900'000;
  constexpr size_t kEntries = 14;
  LogClient slow(**log);
  LogClient quick(**log);
  for (size_t i = 1; i <= kEntries; ++i) {
    quick.Append({std::string(kBytes, 'x')});
    ASSERT_TRUE(quick.UntilReports(i));
  }
  ASSERT_TRUE(quick.UntilEntries(kEntries));  // by now all entries wait for the slow one
  size_t polled = 0;
  size_t most = 0;
  ASSERT_TRUE(slow.Until([&] {
    most = std::max(most, slow.entries.size() - polled);
    polled = slow.entries.size();
    return polled == kEntries;
  }));
  EXPECT_LE(most * kBytes, 9u << 20);
}

// A question about the end waited for the reader's long poll: refusals took half a second. Here
// that poll takes longer than the test waits for anything.
TEST(KafkaReading, TheEndIsAnsweredWhileALongPollIsInFlight) {
  KafkaLogOptions options = Broker::Shared().OptionsOf(Broker::NewTopicName());
  auto log = KafkaLog::Open(options);
  ASSERT_TRUE(log.ok()) << log.error().message;
  options.settings["fetch.wait.max.ms"] = "120000";
  options.settings["socket.timeout.ms"] = "180000";
  auto patient = KafkaLog::Open(options);
  ASSERT_TRUE(patient.ok()) << patient.error().message;
  LogClient reader(**patient);
  ASSERT_TRUE(reader.Until([&] { return reader.all.size() == 2; }));
  EXPECT_EQ(reader.AskEnd(), Offset{2});
  EXPECT_EQ(reader.AskEnd(), Offset{2});
  EXPECT_EQ(reader.all.size(), 2u);  // no fetch has brought anything since
}

}  // namespace
}  // namespace contacts::testing
