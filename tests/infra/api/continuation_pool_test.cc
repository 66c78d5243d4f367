#include "infra/api/continuation_pool.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>
#include <vector>

namespace contacts::api {
namespace {

using Id = std::thread::id;

TEST(ContinuationPool, ACallerThatNeverWaitedContinuesOnItsThread) {
  ContinuationPool continuations(1);
  Id ran;
  continuations.Run(std::this_thread::get_id(), [&] { ran = std::this_thread::get_id(); });
  EXPECT_EQ(ran, std::this_thread::get_id());
}

TEST(ContinuationPool, TheThreadThatEndsAWaitIsNotDelayed) {
  ContinuationPool continuations(1);
  std::promise<void> ended;
  std::promise<Id> ran;
  continuations.Run(Id(), [&] {
    ended.get_future().wait();  // would wait for itself on the thread that continues below
    ran.set_value(std::this_thread::get_id());
  });
  ended.set_value();
  EXPECT_NE(ran.get_future().get(), std::this_thread::get_id());
}

TEST(ContinuationPool, EarlierWorkIsDoneBeforeTheStopReturns) {
  std::vector<int> done;
  ContinuationPool continuations(1);
  for (int i = 0; i < 100; ++i) continuations.Run(Id(), [&done, i] { done.push_back(i); });
  continuations.Stop();
  ASSERT_EQ(done.size(), 100u);
  EXPECT_EQ(done.back(), 99);
}

TEST(ContinuationPool, WorkAfterTheStopRunsOnItsCallersThread) {
  ContinuationPool continuations(1);
  continuations.Stop();
  Id ran;
  continuations.Run(Id(), [&] { ran = std::this_thread::get_id(); });
  EXPECT_EQ(ran, std::this_thread::get_id());
}

}  // namespace
}  // namespace contacts::api
