#include "infra/kafka/grouping.h"

#include <gtest/gtest.h>

namespace contacts::kafka {
namespace {

using Clock = Grouping::Clock;
using std::chrono::microseconds;

TEST(Grouping, AnEntryThatIsAloneDoesNotWait) {
  Grouping grouping;
  for (int i = 0; i < 100; ++i) {
    grouping.Note(1);
    EXPECT_TRUE(grouping.IsTime(1, Clock::time_point()));
    EXPECT_FALSE(grouping.holds());
  }
}

TEST(Grouping, HalfOfTheEntriesInFlightAreSentTogether) {
  Grouping grouping;
  grouping.Note(32);  // sixteen in flight, sixteen waiting
  const Clock::time_point now;
  for (size_t waiting = 1; waiting < 16; ++waiting) {
    EXPECT_FALSE(grouping.IsTime(waiting, now)) << waiting;
    EXPECT_TRUE(grouping.holds());
  }
  EXPECT_TRUE(grouping.IsTime(16, now));
  EXPECT_FALSE(grouping.holds());
}

TEST(Grouping, AnEntryWaitsAtMostTheLongestTimeForOthersThatDoNotCome) {
  Grouping grouping;
  grouping.Note(32);
  const Clock::time_point begin;
  EXPECT_FALSE(grouping.IsTime(1, begin));
  EXPECT_FALSE(grouping.IsTime(3, begin + Grouping::kLongest - microseconds(1)));
  EXPECT_TRUE(grouping.IsTime(3, begin + Grouping::kLongest));
  // From then on fewer are expected.
  EXPECT_FALSE(grouping.IsTime(1, begin + Grouping::kLongest));
  EXPECT_TRUE(grouping.IsTime(2, begin + Grouping::kLongest));
}

TEST(Grouping, EachHoldHasItsOwnTime) {
  Grouping grouping;
  grouping.Note(32);
  const Clock::time_point begin;
  EXPECT_FALSE(grouping.IsTime(1, begin));
  EXPECT_TRUE(grouping.IsTime(16, begin + microseconds(500)));
  EXPECT_FALSE(grouping.IsTime(1, begin + Grouping::kLongest + microseconds(500)));
}

}  // namespace
}  // namespace contacts::kafka
