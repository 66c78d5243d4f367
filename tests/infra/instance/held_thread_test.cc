// While the thread of a partition is held, its commands are answered all the same: once each, and
// never with less than what makes a retry safe.
#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>

#include "infra/embedded/embedded_log.h"
#include "infra/instance/instance.h"
#include "projections/position_waits.h"
#include "projections/view_lookup.h"
#include "tests/infra/instance/running.h"
#include "tests/support/keyed_options.h"
#include "tests/support/log_script.h"
#include "tests/support/memory_view_store.h"
#include "tests/support/temp_dir.h"

namespace contacts::testing {
namespace {

using std::chrono::milliseconds;

// A log whose calls hold whoever makes them.
class HoldingLog : public EventLog {
 public:
  enum class Where { kNowhere, kPoll, kAppend };

  explicit HoldingLog(EventLog& log) : log_(log) {}
  int partitions() const override { return log_.partitions(); }
  size_t max_value_bytes() const override { return log_.max_value_bytes(); }
  std::unique_ptr<LogPartition> Open(int partition) override {
    return std::make_unique<Partition>(*this, log_.Open(partition));
  }

  void HoldAt(Where where) {
    const std::lock_guard lock(mutex_);
    where_ = where;
  }
  void LetGo() {
    HoldAt(Where::kNowhere);
    changed_.notify_all();
  }
  void WaitUntilHeld() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return holding_; });
  }

 private:
  class Partition : public LogPartition {
   public:
    Partition(HoldingLog& log, std::unique_ptr<LogPartition> inner)
        : log_(log), inner_(std::move(inner)) {}
    void SetWake(std::function<void()> wake) override { inner_->SetWake(std::move(wake)); }
    void Seek(Offset from) override { inner_->Seek(from); }
    void QueryEnd(uint64_t query) override { inner_->QueryEnd(query); }
    void Append(std::vector<Outgoing> entries) override {
      log_.Pass(Where::kAppend);
      inner_->Append(std::move(entries));
    }
    Polled Poll(size_t max_entries) override {
      log_.Pass(Where::kPoll);
      return inner_->Poll(max_entries);
    }

   private:
    HoldingLog& log_;
    std::unique_ptr<LogPartition> inner_;
  };

  void Pass(Where here) {
    std::unique_lock lock(mutex_);
    if (where_ != here) return;
    holding_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return where_ != here; });
    holding_ = false;
  }

  EventLog& log_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Where where_ = Where::kNowhere;
  bool holding_ = false;
};

class HeldThreadTest : public ::testing::Test {
 protected:
  HeldThreadTest() { EXPECT_TRUE(instance_.WaitCaughtUp(kLong)); }
  ~HeldThreadTest() override { log_.LetGo(); }

  std::future<Answer> Submit(Command command) {
    auto answer = std::make_shared<std::promise<Answer>>();  // a second answer would throw
    instance_.Submit(std::move(command), [answer](Answer given) { answer->set_value(given); });
    return answer->get_future();
  }
  static Command Keyed(const std::string& key) {
    Command command = Create("a@x.org");
    if (!key.empty()) command.key.emplace(key);
    command.request = "POST";
    return command;
  }
  int64_t Contacts() const { return ViewLookup(views_).Tenant(TenantId{"acme"}).contacts; }

  TempDir dir_;
  EmbeddedLog embedded_{{.directory = dir_ / "log", .partitions = 1}};
  HoldingLog log_{embedded_};
  MemoryViewStore views_;
  PositionWaits positions_{views_};
  Instance instance_{log_, views_, TestKeys(), positions_,
                     KeyedOptions({.deadline = milliseconds(200), .grace = milliseconds(100)})};
};

TEST_F(HeldThreadTest, WhatWasNotBegunIsNotDoneAndNeverWillBe) {
  log_.HoldAt(HoldingLog::Where::kPoll);
  std::future<Answer> first = Submit(Keyed(""));
  log_.WaitUntilHeld();
  std::future<Answer> second = Submit(Keyed(""));
  for (std::future<Answer>* answer : {&first, &second}) {
    ASSERT_EQ(answer->wait_for(kLong), std::future_status::ready);
    const Answer given = answer->get();
    ASSERT_TRUE(given.error);
    EXPECT_EQ(given.error->code, ErrorCode::kUnavailable);
    EXPECT_NE(given.error->message.find("nothing was done"), std::string::npos);
  }
  log_.LetGo();
  Command other = Create("other@x.org");
  EXPECT_FALSE(Submit(std::move(other)).get().error);
  EXPECT_EQ(Contacts(), 1);
}

TEST_F(HeldThreadTest, WhatWasBegunIsAnsweredWithTheKeyThatItsRecordHas) {
  log_.HoldAt(HoldingLog::Where::kAppend);
  std::future<Answer> answer = Submit(Keyed(""));
  log_.WaitUntilHeld();
  ASSERT_EQ(answer.wait_for(kLong), std::future_status::ready);
  const Answer given = answer.get();
  ASSERT_TRUE(given.error);
  EXPECT_EQ(given.error->code, ErrorCode::kUnknownOutcome);
  EXPECT_TRUE(given.error->key.starts_with("attempt.1.")) << given.error->key;

  log_.LetGo();
  const Answer again = Submit(Keyed(given.error->key)).get();
  EXPECT_FALSE(again.error) << again.error->message;
  EXPECT_EQ(again.position, Sequence{1});
  EXPECT_EQ(Contacts(), 1);
}

// Its caller was answered and its connection gone, but the command was kept.
TEST_F(HeldThreadTest, WhatWaitsForAHeldThreadIsBounded) {
  log_.HoldAt(HoldingLog::Where::kPoll);
  std::future<Answer> first = Submit(Keyed(""));
  log_.WaitUntilHeld();
  const auto large = [](const std::string& key) {
    Command command = Keyed(key);
    command.request.assign(40 << 20, 'x');
    return command;
  };
  std::future<Answer> taken = Submit(large("a"));
  const Answer refused = Submit(large("b")).get();
  ASSERT_TRUE(refused.error);
  EXPECT_NE(refused.error->message.find("too many commands wait"), std::string::npos)
      << refused.error->message;
  log_.LetGo();
  first.wait();
  taken.wait();
  EXPECT_FALSE(Submit(Create("other@x.org")).get().error);
}

TEST_F(HeldThreadTest, ARetryWhileTheThreadIsHeldIsNotDoneTwice) {
  log_.HoldAt(HoldingLog::Where::kAppend);
  const std::string key = Submit(Keyed("")).get().error->key;
  std::future<Answer> retry = Submit(Keyed(key));
  log_.LetGo();
  const Answer again = retry.get();
  EXPECT_FALSE(again.error) << again.error->message;
  EXPECT_EQ(again.position, Sequence{1});
  EXPECT_EQ(Contacts(), 1);
}

TEST_F(HeldThreadTest, AClientsKeyIsGivenBack) {
  log_.HoldAt(HoldingLog::Where::kPoll);
  const Answer given = Submit(Keyed("mine")).get();
  ASSERT_TRUE(given.error);
  EXPECT_EQ(given.error->code, ErrorCode::kUnknownOutcome);
  EXPECT_EQ(given.error->key, "mine");
  log_.LetGo();
  EXPECT_FALSE(Submit(Keyed("mine")).get().error);
  EXPECT_EQ(Contacts(), 1);
}

// The record took its slot from nobody, but another instance was first: it is not decided again for
// somebody who was told that its key is enough.
TEST_F(HeldThreadTest, WhatLostItsSlotMeanwhileIsLeftToTheRetry) {
  LogScript others;
  others.Opens().Then("acme", Created(1, "B", "b@x.org"));
  log_.HoldAt(HoldingLog::Where::kAppend);
  const std::string key = Submit(Keyed("")).get().error->key;
  const auto stranger = embedded_.Open(0);
  stranger->Append({{1, "acme", others.entries()[1].value}});
  for (Polled polled; polled.reports.empty();) polled = stranger->Poll(0);
  log_.LetGo();
  EXPECT_FALSE(Submit(Create("c@x.org")).get().error);
  EXPECT_EQ(Contacts(), 2);
  const Answer again = Submit(Keyed(key)).get();
  EXPECT_FALSE(again.error) << again.error->message;
  EXPECT_EQ(Contacts(), 3);
}

TEST_F(HeldThreadTest, AParkedTenantIsInTheStatusAlsoAfterARestart) {
  LogScript newer;
  newer.Opens().Unknown("acme");
  const auto stranger = embedded_.Open(0);
  stranger->Append({{1, "acme", newer.entries()[1].value}});
  const Answer given = Submit(Create("a@x.org")).get();
  for (Answer next = given; !next.error; next = Submit(Create("a@x.org")).get()) {
  }
  EXPECT_EQ(instance_.status().parked.count, 1);
  EXPECT_EQ(instance_.status().parked.names, std::vector<std::string>{"acme"});
  EXPECT_EQ(instance_.status().closed.count, 0);
  instance_.Stop(kLong);
  Instance restarted(log_, views_, TestKeys(), positions_, KeyedOptions());
  ASSERT_TRUE(restarted.WaitCaughtUp(kLong));
  EXPECT_EQ(restarted.status().parked.names, std::vector<std::string>{"acme"});
}

}  // namespace
}  // namespace contacts::testing
