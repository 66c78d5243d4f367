#include "infra/kafka/topic_thread.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/support/eventually.h"
#include "tests/support/told_partition.h"

namespace contacts::kafka {
namespace {

using testing::Eventually;

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

LogEntry Put(int64_t offset, const std::string& key) {
  LogEntry entry;
  entry.offset = Offset{offset};
  entry.key = key;
  entry.value = "secret";
  return entry;
}

class TopicThreadTest : public ::testing::Test {
 protected:
  void Start(milliseconds ask_every) {
    auto log =
        std::make_unique<testing::ToldPartition>(std::vector<LogEntry>{Put(0, "a"), Put(1, "b")});
    log_ = log.get();
    TopicThread::Options options;
    options.ask_every = ask_every;
    options.clock = [this] { return Timestamp{time_}; };
    thread_ = std::make_unique<TopicThread>(
        std::move(log),
        TopicThread::Reader{[this](const std::vector<LogEntry>& entries) {
                              for (const LogEntry& entry : entries) Tell(entry.key);
                            },
                            [this] { Tell("again"); }, [this] { Tell("whole"); }},
        options);
    ASSERT_TRUE(thread_->CatchUp(seconds(30)).ok());
  }
  void Pass(milliseconds time) { time_ += time.count(); }
  // What was told until all that the topic holds was taken.
  std::string Told() {
    EXPECT_TRUE(thread_->CatchUp(seconds(30)).ok());
    return ToldSoFar();
  }
  std::string ToldSoFar() {
    const std::lock_guard lock(mutex_);
    return told_;
  }

 private:
  void Tell(const std::string& what) {
    const std::lock_guard lock(mutex_);
    told_ += what + ' ';
  }
  std::atomic<int64_t> time_{0};
  std::mutex mutex_;
  std::string told_;

 protected:
  testing::ToldPartition* log_ = nullptr;
  std::unique_ptr<TopicThread> thread_;  // goes before what it tells
};

// An instance that was cut off for longer than the topic keeps tombstones kept the secrets that
// were erased meanwhile, until its next start.
TEST_F(TopicThreadTest, ATopicThatWasOutOfReachForDaysIsTakenAgain) {
  Start(hours(1));
  EXPECT_EQ(Told(), "a b ");
  Pass(hours(85));
  log_->Compact({Put(0, "a"), Put(4, "c")});  // the entry that erased b has gone, too
  EXPECT_EQ(Told(), "a b again a c whole ");
  log_->Add(Put(5, "d"));
  EXPECT_EQ(Told(), "a b again a c whole d ");
}

TEST_F(TopicThreadTest, ASecondReadingThatIsCutOffForAsLongBeginsOnceMore) {
  Start(hours(1));
  Pass(hours(85));
  log_->answers_ends = false;
  log_->Add(Put(2, "c"));
  ASSERT_TRUE(Eventually([&] { return ToldSoFar() == "a b again a b c "; }));
  Pass(hours(85));
  log_->Compact({Put(0, "a"), Put(4, "d")});
  log_->answers_ends = true;
  EXPECT_EQ(Told(), "a b again a b c again a d whole ");
}

TEST_F(TopicThreadTest, AnEntryIsEnoughToKnowThatItIsInReachAgain) {
  Start(hours(1));
  Pass(hours(85));
  log_->answers_ends = false;
  log_->Add(Put(2, "c"));
  ASSERT_TRUE(Eventually([&] { return ToldSoFar().find("again") != std::string::npos; }));
  log_->answers_ends = true;
  EXPECT_EQ(Told(), "a b again a b c whole ");
}

TEST_F(TopicThreadTest, AShortTimeOutOfReachChangesNothing) {
  Start(hours(1));
  Pass(hours(83));
  log_->Add(Put(2, "c"));
  EXPECT_EQ(Told(), "a b c ");
}

TEST_F(TopicThreadTest, AQuietTopicIsInReachBecauseItsEndIsAskedFor) {
  Start(milliseconds(1));
  for (int i = 0; i < 5; ++i) {
    Pass(hours(50));
    const int asked = log_->answered;
    ASSERT_TRUE(Eventually([&] { return log_->answered >= asked + 2; }));
  }
  EXPECT_EQ(Told(), "a b ");
}

}  // namespace
}  // namespace contacts::kafka
