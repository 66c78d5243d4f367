#include "infra/kafka/log_watch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "tests/support/eventually.h"
#include "tests/support/kafka/broker.h"
#include "tests/support/log_client.h"

namespace contacts::testing {
namespace {

// A leader that was deposed, and is cut off from its cluster, halted a partition for good.
TEST(LogWatch, AnEndBeforeWhatWasReadIsAFaultOnlyWhenALaterEntryIsStoredThere) {
  Broker& broker = Broker::Shared();
  const KafkaLogOptions options = broker.OptionsOf(Broker::NewTopicName());
  ASSERT_TRUE(KafkaLog::Open(options).ok());
  constexpr int64_t kUnknown = -1;
  constexpr int64_t kRead = 1000;  // far after the end of that topic
  std::atomic<int64_t> stored{kUnknown};
  std::atomic<int> appended{0};
  const kafka::Client asker = kafka::MakeConsumer(options.settings);
  const auto inbox = std::make_shared<kafka::Inbox>();
  inbox->SetNewest({Offset{kRead}, {}, {}});
  kafka::LogWatch watch(options.settings, asker.get(), options.topic, "", 1,
                        std::chrono::milliseconds(50),
                        {[] {},
                         [&](int) {
                           ++appended;
                           const int64_t at = stored;
                           return at < 0 ? std::nullopt : std::optional(Offset{at});
                         }});
  watch.Join(0, inbox);

  ASSERT_TRUE(Eventually([&] { return appended >= 3; }));
  EXPECT_TRUE(Eventually([&] { return watch.doubtful(); }));
  EXPECT_FALSE(inbox->Take().fault);

  stored = kRead + 1;  // by the true leader
  ASSERT_TRUE(Eventually([&] { return !watch.doubtful(); }));
  EXPECT_FALSE(inbox->Take().fault);
  EXPECT_EQ(watch.fault(), "");

  stored = 3;
  ASSERT_TRUE(Eventually([&] { return inbox->Take().fault.has_value(); }));
  EXPECT_NE(watch.fault().find("before what was read of it"), std::string::npos) << watch.fault();
  EXPECT_EQ(inbox->Take().fault->message, watch.fault());
}

// When a reader's next fetch came after the topic had been made anew, it read on in the other log,
// and the watch found its newest entry in place: nothing was noticed until a restart.
TEST(LogWatch, ATopicMadeAnewIsNoticedAlsoByAHandleThatHasReadOnInIt) {
  Broker& broker = Broker::Shared();
  const KafkaLogOptions options = broker.OptionsOf(Broker::NewTopicName());
  auto first = KafkaLog::Open(options);
  ASSERT_TRUE(first.ok());
  const std::string id = (*first)->log_id();
  broker.DeleteTopic(options.topic.name);
  auto anew = KafkaLog::Open(options);
  ASSERT_TRUE(anew.ok());
  LogClient client(**anew);
  client.Append({"a", "b"});
  ASSERT_TRUE(client.UntilEntries(2));
  const auto inbox = std::make_shared<kafka::Inbox>();
  inbox->SetNewest(kafka::FingerprintOf(client.entries.back()));

  const kafka::Client asker = kafka::MakeConsumer(options.settings);
  kafka::LogWatch watch(options.settings, asker.get(), options.topic, id, 1,
                        std::chrono::milliseconds(50), {[] {}, [](int) { return std::nullopt; }});
  watch.Join(0, inbox);
  ASSERT_TRUE(Eventually([&] { return inbox->Take().fault.has_value(); }));
  EXPECT_NE(watch.fault().find("belongs to the log " + (*anew)->log_id() + " now, not to " + id),
            std::string::npos)
      << watch.fault();
}

// With many partitions of a deposed leader a look takes minutes: until it was over, health was
// green and the end of the process waited.
TEST(LogWatch, ADoubtIsReportedImmediatelyAndALookEndsWithTheWatch) {
  Broker& broker = Broker::Shared();
  const KafkaLogOptions options = broker.OptionsOf(Broker::NewTopicName());
  ASSERT_TRUE(KafkaLog::Open(options).ok());
  std::atomic<int> appended{0};
  std::atomic<bool> released{false};
  const kafka::Client asker = kafka::MakeConsumer(options.settings);
  const auto inbox = std::make_shared<kafka::Inbox>();
  inbox->SetNewest({Offset{1000}, {}, {}});  // far after the end of that topic
  auto watch = std::make_unique<kafka::LogWatch>(
      options.settings, asker.get(), options.topic, "", 1, std::chrono::milliseconds(50),
      kafka::LogWatch::Hooks{[] {},
                             [&](int) -> std::optional<Offset> {
                               // The first call gets no answer; the next ones block, as they
                               // would for minutes.
                               if (++appended > 1) Eventually([&] { return released.load(); });
                               return std::nullopt;
                             }});
  constexpr int kReaders = 500;
  for (int i = 0; i < kReaders; ++i) watch->Join(0, inbox);
  ASSERT_TRUE(Eventually([&] { return appended == 2; }));
  EXPECT_TRUE(watch->doubtful());
  std::thread end([&] { watch.reset(); });
  released = true;
  end.join();
  EXPECT_LT(appended, kReaders);
}

}  // namespace
}  // namespace contacts::testing
