// That no broker can be reached is said soon, wherever the watch is, and taken back soon.
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "infra/kafka/kafka_log.h"
#include "tests/support/kafka/broker.h"
#include "tests/support/log_client.h"

namespace contacts::testing {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kPartitions = 24;  // the broker goes while one of them is looked at

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

  void GoThroughOne() {
    EXPECT_EQ(log->Trouble(), "");
    broker.Kill();
    EXPECT_TRUE(Within(std::chrono::seconds(8), [&] { return !log->Trouble().empty(); }));
    EXPECT_NE(log->Trouble().find("cannot be reached"), std::string::npos) << log->Trouble();
    broker.Start();
    EXPECT_TRUE(Within(std::chrono::seconds(15), [&] { return log->Trouble().empty(); }));
  }

  // The log tells nobody of it: it is asked again and again.
  static bool Within(std::chrono::seconds time, const std::function<bool()>& holds) {
    std::mutex mutex;
    std::condition_variable nobody;
    std::unique_lock lock(mutex);
    for (const auto end = Clock::now() + time; Clock::now() < end;) {
      if (holds()) return true;
      nobody.wait_for(lock, std::chrono::milliseconds(10));
    }
    return false;
  }

  Broker& broker = Broker::Shared();
  std::unique_ptr<KafkaLog> log;
  std::vector<std::unique_ptr<LogClient>> readers;
};

// It is known after the first that does not answer, not after all of them.
TEST_F(KafkaOutage, IsNoticedWhileAPartitionIsLookedAt) {
  OpenWatchedEvery(std::chrono::milliseconds(1));
  GoThroughOne();
}

TEST_F(KafkaOutage, IsNoticedLongBeforeTheNextLook) {
  OpenWatchedEvery(std::chrono::hours(1));
  GoThroughOne();
}

}  // namespace
}  // namespace contacts::testing
