#include "infra/kafka/end_questions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "infra/base/growing_pause.h"
#include "tests/support/signal.h"

namespace contacts::kafka {
namespace {

using testing::Signal;
using Partitions = std::set<int>;

// The n-th call returns n as the end of each partition. A call for a partition that fails returns
// nothing.
class Cluster {
 public:
  explicit Cluster(std::vector<int> leaders) : leaders_(std::move(leaders)) {}

  EndQuestions::AskEnds ask_ends() {
    return [this](const Partitions& partitions) { return Ends(partitions); };
  }
  EndQuestions::AskLeaders ask_leaders() {
    return [this] {
      const std::lock_guard lock(mutex_);
      if (!next_leaders_.empty()) {
        leaders_ = std::exchange(next_leaders_, {});
        failing_.clear();
      }
      return leaders_;
    };
  }

  // Calls for this partition do not return until Release.
  void Hold(int partition) {
    const std::lock_guard lock(mutex_);
    held_.insert(partition);
  }
  // This call does not return until Release, whatever its partitions.
  void HoldCall(size_t call) {
    const std::lock_guard lock(mutex_);
    held_call_ = call;
    changed_.notify_all();
  }
  void Release() {
    const std::lock_guard lock(mutex_);
    held_.clear();
    held_call_ = 0;
    changed_.notify_all();
  }
  void Fail(int partition) {
    const std::lock_guard lock(mutex_);
    failing_.insert(partition);
  }
  // The answer when the leaders are asked for next; from then on all partitions answer.
  void Elect(std::vector<int> leaders) {
    const std::lock_guard lock(mutex_);
    next_leaders_ = std::move(leaders);
  }
  bool WaitForCalls(size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30),
                             [&] { return calls_.size() >= count; });
  }
  std::vector<Partitions> calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  // The thread that made this call: each broker has its own.
  std::thread::id caller(size_t call) {
    const std::lock_guard lock(mutex_);
    return callers_.at(call - 1);
  }

 private:
  std::map<int, Offset> Ends(const Partitions& partitions) {
    const auto touches = [&](const Partitions& those) {
      return std::any_of(those.begin(), those.end(),
                         [&](int partition) { return partitions.contains(partition); });
    };
    std::unique_lock lock(mutex_);
    calls_.push_back(partitions);
    callers_.push_back(std::this_thread::get_id());
    const Offset end{static_cast<int64_t>(calls_.size())};
    changed_.notify_all();
    // The time-out ends only a broken test run.
    const size_t call = calls_.size();
    changed_.wait_for(lock, std::chrono::seconds(40),
                      [&] { return !touches(held_) && call != held_call_; });
    std::map<int, Offset> ends;
    if (touches(failing_)) return ends;
    for (const int partition : partitions) ends[partition] = end;
    return ends;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> leaders_;
  std::vector<int> next_leaders_;
  Partitions held_;
  size_t held_call_ = 0;
  Partitions failing_;
  std::vector<Partitions> calls_;
  std::vector<std::thread::id> callers_;
};

// Asks for one handle and waits for answers.
class Asker {
 public:
  explicit Asker(int partition) : partition_(partition) {
    inbox_->SetWake([this] { signal_.Raise(); });
  }
  void HasRead(Offset newest) { inbox_->SetNewest({newest, {}, {}}); }
  void Ask(EndQuestions& questions, uint64_t query) { questions.Ask(partition_, query, inbox_); }
  // The end in the answer to this query, or to a newer one; -1: no answer comes.
  int64_t Answer(uint64_t query) {
    for (;;) {
      const Polled polled = inbox_->Take();
      if (polled.end_query && *polled.end_query >= query) return polled.end.value;
      if (!signal_.Wait()) return -1;
    }
  }
  bool answered() const { return signal_.raised(); }

 private:
  const int partition_;
  Signal signal_;
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
};

TEST(EndQuestions, QuestionsThatComeDuringACallGoIntoTheNext) {
  Cluster cluster({1, 1, 1, 1});
  EndQuestions questions(cluster.ask_ends(), cluster.ask_leaders());
  Asker askers[] = {Asker(0), Asker(1), Asker(2), Asker(3)};
  cluster.Hold(0);
  askers[0].Ask(questions, 1);
  ASSERT_TRUE(cluster.WaitForCalls(1));
  for (Asker& asker : askers) asker.Ask(questions, 2);
  cluster.Release();
  for (Asker& asker : askers) EXPECT_EQ(asker.Answer(2), 2);
  EXPECT_EQ(cluster.calls(), (std::vector<Partitions>{{0}, {0, 1, 2, 3}}));
}

TEST(EndQuestions, ABrokerThatDoesNotAnswerDelaysNoOther) {
  Cluster cluster({1, 2, 1});
  EndQuestions questions(cluster.ask_ends(), cluster.ask_leaders());
  Asker stuck(1);
  Asker first(0);
  Asker second(2);
  cluster.Hold(1);
  stuck.Ask(questions, 1);
  ASSERT_TRUE(cluster.WaitForCalls(1));
  first.Ask(questions, 1);
  EXPECT_EQ(first.Answer(1), 2);
  second.Ask(questions, 1);
  EXPECT_EQ(second.Answer(1), 3);
  EXPECT_FALSE(stuck.answered());
  cluster.Release();
  EXPECT_EQ(stuck.Answer(1), 1);
}

TEST(EndQuestions, APartitionThatAlwaysFailsMakesNoOtherFail) {
  Cluster cluster({1, 1, 1});
  EndQuestions questions(cluster.ask_ends(), cluster.ask_leaders());
  Asker first(0);
  Asker failing(1);
  Asker other(2);
  cluster.Fail(1);
  cluster.Hold(0);
  first.Ask(questions, 1);
  ASSERT_TRUE(cluster.WaitForCalls(1));
  failing.Ask(questions, 1);
  other.Ask(questions, 1);
  cluster.Release();
  EXPECT_GT(other.Answer(1), 2);
  EXPECT_EQ(cluster.calls()[1], (Partitions{1, 2}));
  EXPECT_FALSE(failing.answered());
}

// Questions that failed were asked one after another, each for as long as a broker takes.
TEST(EndQuestions, ANewQuestionWaitsForOnlyOneOfManyThatFail) {
  Cluster cluster({1, 1, 1, 1});
  EndQuestions questions(cluster.ask_ends(), cluster.ask_leaders(), std::chrono::milliseconds(0));
  Asker fresh(0);
  Asker failing[] = {Asker(1), Asker(2), Asker(3)};
  for (const int partition : {1, 2, 3}) cluster.Fail(partition);
  cluster.HoldCall(1);
  fresh.Ask(questions, 1);
  ASSERT_TRUE(cluster.WaitForCalls(1));
  for (Asker& asker : failing) asker.Ask(questions, 1);
  cluster.HoldCall(3);  // which lets the first go
  ASSERT_TRUE(cluster.WaitForCalls(3));
  fresh.Ask(questions, 2);
  cluster.Release();
  EXPECT_EQ(fresh.Answer(2), 4);
  ASSERT_TRUE(cluster.WaitForCalls(6));
  const std::vector<Partitions> calls = cluster.calls();
  EXPECT_EQ(std::vector(calls.begin(), calls.begin() + 6),
            (std::vector<Partitions>{{0}, {1, 2, 3}, {1}, {0}, {2}, {3}}));
}

// A leader that was deposed, and is cut off, answers with an end that is too low.
TEST(EndQuestions, AnEndBeforeWhatWasReadDoesNotCount) {
  Cluster cluster({1});
  EndQuestions questions(cluster.ask_ends(), cluster.ask_leaders());
  Asker asker(0);
  asker.HasRead(Offset{2});
  asker.Ask(questions, 1);
  EXPECT_EQ(asker.Answer(1), 3);
}

TEST(EndQuestions, GoToTheNewLeaderWhenTheOldOneIsGone) {
  Cluster cluster({1, 2});
  EndQuestions questions(cluster.ask_ends(), cluster.ask_leaders());
  Asker moved(0);
  Asker other(1);
  cluster.Hold(1);
  other.Ask(questions, 1);
  ASSERT_TRUE(cluster.WaitForCalls(1));
  cluster.Fail(0);
  cluster.Elect({2, 2});
  moved.Ask(questions, 1);
  ASSERT_TRUE(cluster.WaitForCalls(2));  // the call of `moved` fails
  cluster.Release();
  EXPECT_EQ(other.Answer(1), 1);
  EXPECT_EQ(moved.Answer(1), 3);
  EXPECT_NE(cluster.caller(2), cluster.caller(1));
  EXPECT_EQ(cluster.caller(3), cluster.caller(1));
}

TEST(EndQuestions, AnAnswerComesAlsoWhenTheLeadersAreNotKnown) {
  Cluster cluster({});
  EndQuestions questions(cluster.ask_ends(), cluster.ask_leaders());
  Asker asker(7);
  asker.Ask(questions, 1);
  EXPECT_EQ(asker.Answer(1), 1);
}

TEST(GrowingPause, DoublesUpToItsLongestAndBeginsAnew) {
  using std::chrono::milliseconds;
  GrowingPause pause(milliseconds(20), milliseconds(100));
  for (const int expected : {20, 40, 80, 100, 100}) {
    EXPECT_EQ(pause.Next(), milliseconds(expected));
  }
  pause.Reset();
  EXPECT_EQ(pause.Next(), milliseconds(20));
}

}  // namespace
}  // namespace contacts::kafka
