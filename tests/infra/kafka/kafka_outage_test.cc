// An outage of all brokers is reported soon, wherever the watch is, and its end too.
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "infra/kafka/kafka_log.h"
#include "infra/kafka/kafka_secrets.h"
#include "tests/support/kafka/broker.h"
#include "tests/support/log_client.h"

namespace contacts::testing {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kPartitions = 24;  // so many that the broker dies while the watch looks at one

class KafkaOutage : public ::testing::Test {
 protected:
  void OpenWatchedEvery(std::chrono::milliseconds interval) {
    KafkaLogOptions options = broker.OptionsOf(Broker::NewTopicName(), kPartitions);
    options.watch_interval = interval;
    auto opened = KafkaLog::Open(std::move(options));
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    log = std::move(*opened);
    for (int p = 0; p < kPartitions; ++p) {
      readers.push_back(std::make_unique<LogClient>(*log, p));
      ASSERT_TRUE(readers.back()->Until([&] { return !readers.back()->all.empty(); })) << p;
    }
  }

  void GoThroughOne(const std::function<void()>& while_down = [] {}) {
    EXPECT_EQ(log->Trouble(), "");
    broker.Kill();
    EXPECT_TRUE(Within(std::chrono::seconds(8), [&] { return !log->Trouble().empty(); }));
    EXPECT_NE(log->Trouble().find("cannot be reached"), std::string::npos) << log->Trouble();
    while_down();
    broker.Start();
    EXPECT_TRUE(Within(std::chrono::seconds(15), [&] { return log->Trouble().empty(); }));
  }

  std::unique_ptr<KafkaSecretStore> OpenSecrets(const std::string& topic) const {
    auto store = KafkaSecretStore::Open(broker.OptionsOf(topic), {});
    if (!store.ok()) throw std::runtime_error(store.error().message);
    return std::move(*store);
  }

  // The log has no callback for its trouble, so this asks repeatedly.
  static bool Within(std::chrono::milliseconds time, const std::function<bool()>& holds) {
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    for (const auto end = Clock::now() + time; Clock::now() < end;) {
      if (holds()) return true;
      never.wait_for(lock, std::chrono::milliseconds(10));
    }
    return false;
  }

  Broker& broker = Broker::Shared();
  std::unique_ptr<KafkaLog> log;
  std::vector<std::unique_ptr<LogClient>> readers;
};

// The outage is known after the first partition that does not answer, not after all of them.
TEST_F(KafkaOutage, IsNoticedWhileAPartitionIsLookedAt) {
  OpenWatchedEvery(std::chrono::milliseconds(1));
  GoThroughOne();
}

// A broker that hangs keeps its connections, and no request to it was due: the watch noticed it
// only after 11 to 14 s.
TEST_F(KafkaOutage, ABrokerThatHangsIsNoticedWithinFiveSeconds) {
  OpenWatchedEvery(std::chrono::hours(1));
  EXPECT_EQ(log->Trouble(), "");
  broker.Pause();
  const bool seen =
      Within(std::chrono::milliseconds(5500), [&] { return !log->Trouble().empty(); });
  broker.Continue();
  EXPECT_TRUE(seen);
  EXPECT_TRUE(Within(std::chrono::seconds(15), [&] { return log->Trouble().empty(); }));
}

// One outage tests password hashes too, since it takes seconds.
TEST_F(KafkaOutage, IsNoticedLongBeforeTheNextLookAndSecretsAreKnownMeanwhile) {
  const std::string topic = Broker::NewTopicName();
  auto idle = OpenSecrets(topic);
  ASSERT_TRUE(OpenSecrets(topic)->Put("id-1", "of another instance").ok());
  OpenWatchedEvery(std::chrono::hours(1));
  EXPECT_FALSE(Within(std::chrono::milliseconds(600), [&] { return !idle->Fault().empty(); }));
  GoThroughOne([&] {
    EXPECT_EQ(*idle->Get("id-1"), "of another instance");  // though it was never asked for before
    // A guess at an unknown user name fails no sooner and no later than at a known one.
    EXPECT_EQ(*idle->Get(kNobodysSecret), std::nullopt);
    broker.CutTail(topic + ".secrets", 0, 0);
  });
  EXPECT_TRUE(Within(std::chrono::seconds(30), [&] { return !idle->Fault().empty(); }));
  EXPECT_NE(idle->Fault().find("it was cut"), std::string::npos) << idle->Fault();
}

}  // namespace
}  // namespace contacts::testing
