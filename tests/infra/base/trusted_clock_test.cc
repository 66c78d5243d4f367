#include "infra/base/trusted_clock.h"

#include <gtest/gtest.h>

namespace contacts {
namespace {

constexpr int64_t kMinute = 60'000;
constexpr int64_t kDay = 24 * 60 * kMinute;
constexpr int64_t kRightNow = 1'764'000'000'000;  // 2025-11-24T16:00:00.000Z

using Compare = TrustedClock::Compare;

struct Machine {
  int64_t wall = kRightNow;
  int64_t awake = kDay;
  bool synchronized = false;

  TrustedClock Clock(int64_t newest, Compare compare = Compare::kWithLog) {
    return {{[this] { return Timestamp{wall}; },
             [this] { return std::chrono::milliseconds(awake); }, [this] { return synchronized; }},
            Timestamp{newest},
            compare};
  }
  void Pass(int64_t time) {
    wall += time;
    awake += time;
  }
};

bool Says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(TrustedClock, FitsAnEmptyLogAndOneWithEarlierRecords) {
  for (const int64_t newest :
       {int64_t{0}, kRightNow, kRightNow - 399 * kDay, kRightNow + 4 * kMinute}) {
    Machine machine;
    EXPECT_EQ(machine.Clock(newest).Fault(), "") << newest;
  }
}

TEST(TrustedClock, BehindTheNewestRecordBothTimesAreNamedUntilItIsSetRight) {
  Machine machine;
  TrustedClock clock = machine.Clock(kRightNow + 4 * 365 * kDay);
  const std::string fault = clock.Fault();
  EXPECT_TRUE(Says(fault, "says 2025-11-24T16:00:00.000Z")) << fault;
  EXPECT_TRUE(Says(fault, "record is of 2029-11-23T16:00:00.000Z")) << fault;
  EXPECT_TRUE(Says(fault, "--accept-clock")) << fault;
  machine.wall += 4 * 365 * kDay;
  EXPECT_EQ(clock.Fault(), "");
}

TEST(TrustedClock, TheRecordThatIsContinuedCountsToo) {
  Machine machine;
  TrustedClock clock = machine.Clock(0);
  EXPECT_EQ(clock.Fault(), "");
  EXPECT_TRUE(Says(clock.Fault(Timestamp{kRightNow + 6 * kMinute}), "newest record"));
  EXPECT_TRUE(Says(clock.Fault(), "newest record"));
}

// One start with a clock years ahead stamped all later records of a tenant for ever.
TEST(TrustedClock, YearsAheadOfTheNewestRecordAtTheStart) {
  Machine machine;
  TrustedClock clock = machine.Clock(kRightNow - 4 * 365 * kDay);
  EXPECT_TRUE(Says(clock.Fault(), "long after the newest record"));
  machine.wall -= 4 * 365 * kDay;
  EXPECT_EQ(clock.Fault(), "");
}

// On fresh views no record was known at the start, and health asked before the log was read.
TEST(TrustedClock, YearsAheadOfRecordsThatAreAppliedLater) {
  Machine machine;
  TrustedClock clock = machine.Clock(0);
  EXPECT_EQ(clock.Fault(), "");
  clock.AllApplied(Timestamp{kRightNow - 4 * 365 * kDay});
  EXPECT_TRUE(Says(clock.Fault(), "long after the newest record"));
  machine.wall -= 4 * 365 * kDay;
  EXPECT_EQ(clock.Fault(), "");
}

TEST(TrustedClock, AClockThatTheKernelCallsRightMayBeAheadButNotBehind) {
  Machine machine;
  machine.synchronized = true;
  EXPECT_EQ(machine.Clock(kRightNow - 4 * 365 * kDay).Fault(), "");
  EXPECT_NE(machine.Clock(kRightNow + 6 * kMinute).Fault(), "");
}

TEST(TrustedClock, AQuietYearWhileRunningIsNotAFault) {
  Machine machine;
  TrustedClock clock = machine.Clock(kRightNow);
  clock.AllApplied(Timestamp{kRightNow});
  EXPECT_EQ(clock.Fault(), "");
  machine.Pass(500 * kDay);
  EXPECT_EQ(clock.Fault(), "");
}

TEST(TrustedClock, AStepIsNoticedUntilItIsTakenBack) {
  for (const int64_t step : {4 * 365 * kDay, -6 * kMinute}) {
    Machine machine;
    TrustedClock clock = machine.Clock(kRightNow - kDay);
    clock.AllApplied(Timestamp{0});
    EXPECT_EQ(clock.Fault(), "");
    machine.wall += step;
    machine.Pass(kDay);
    EXPECT_TRUE(Says(clock.Fault(), step > 0 ? "set ahead by 2102400 min" : "set back by 6 min"))
        << clock.Fault();
    machine.wall -= step;
    EXPECT_EQ(clock.Fault(), "");
  }
}

TEST(TrustedClock, AClockThatTheLogShowedToBeWrongMayBeSetWhileWeRun) {
  Machine machine;
  TrustedClock clock = machine.Clock(0);
  EXPECT_EQ(clock.Fault(), "");
  EXPECT_NE(clock.Fault(Timestamp{kRightNow + 60 * kMinute}), "");
  machine.wall += 60 * kMinute;
  EXPECT_EQ(clock.Fault(), "");
}

TEST(TrustedClock, AStepThatTheKernelCallsRightCountsFromThenOn) {
  Machine machine;
  TrustedClock clock = machine.Clock(kRightNow - kDay);
  EXPECT_EQ(clock.Fault(), "");
  machine.wall += 60 * kMinute;  // after a pause of the whole machine
  machine.synchronized = true;
  EXPECT_EQ(clock.Fault(), "");
  machine.synchronized = false;
  EXPECT_EQ(clock.Fault(), "");
  machine.wall += 60 * kMinute;
  EXPECT_NE(clock.Fault(), "");
}

TEST(TrustedClock, AnAcceptedClockIsComparedWithItselfOnly) {
  for (const int64_t newest : {kRightNow - 4 * 365 * kDay, kRightNow + 4 * 365 * kDay}) {
    Machine machine;
    TrustedClock clock = machine.Clock(newest, Compare::kWithItself);
    EXPECT_EQ(clock.Fault(), "");
    machine.wall += 6 * kMinute;
    EXPECT_NE(clock.Fault(), "");
  }
}

}  // namespace
}  // namespace contacts
