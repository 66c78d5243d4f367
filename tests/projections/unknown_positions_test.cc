// Positions that the history does not have: of a lost part, or after the end of the log.
#include <vector>

#include "tests/projections/waits_fixture.h"

namespace contacts::testing {
namespace {

using Outcome = Positions::Outcome;

class EndOfLog : public PositionWaitsTest {
 protected:
  // Applies an opening record of this epoch, as the start after a restore appends it.
  void Restored(int64_t epoch) {
    log_.Opens("log-1", epoch);
    ApplyAll(views_, {log_.entries().back()});
  }
  PositionWaits::AskEnd Asked() {
    return [this](const TenantId&, std::function<void()> applied) {
      ends_.push_back(std::move(applied));
    };
  }

  std::vector<std::function<void()>> ends_;
};

TEST_F(EndOfLog, APositionAfterTheEndOfTheLogIsUnknownAndDoubtful) {
  Apply("acme");
  PositionWaits waits(views_, {}, nullptr, Asked());
  Told told;
  waits.WaitFor(kAcme, {Sequence{2}}, kFar, told.Then());
  ASSERT_EQ(ends_.size(), 1u);
  EXPECT_EQ(told.times, 0);
  EXPECT_FALSE(waits.Doubtful());
  ends_[0]();
  EXPECT_EQ(told.outcome, Outcome::kUnknown);
  EXPECT_EQ(waits.waiting(), 0u);
  ASSERT_TRUE(waits.Doubtful());
  EXPECT_EQ(waits.Doubtful()->position, Position{Sequence{2}});
  EXPECT_EQ(waits.beyond(), 1);
}

TEST_F(EndOfLog, APositionThatCameWithTheEndIsReached) {
  Apply("acme");
  PositionWaits waits(views_, {}, nullptr, Asked());
  Told told;
  waits.WaitFor(kAcme, {Sequence{2}}, kFar, told.Then());
  Apply("acme");
  ends_.at(0)();
  EXPECT_EQ(told.outcome, Outcome::kReached);
  EXPECT_EQ(told.times, 1);
  EXPECT_EQ(waits.beyond(), 0);
}

TEST_F(EndOfLog, PositionsOfTheLostPartAreUnknownAtOnceAndEarlierOnesStayGood) {
  for (int i = 0; i < 3; ++i) Apply("acme");
  Restored(2);
  PositionWaits waits(views_, {}, nullptr, Asked());
  const auto outcome = [&](Position position) {
    Told told;
    waits.WaitFor(kAcme, position, kFar, told.Then());
    return told.outcome;
  };
  EXPECT_EQ(outcome({Sequence{3}}), Outcome::kReached);
  EXPECT_EQ(outcome({Sequence{4}}), Outcome::kUnknown);  // before any new record
  Apply("acme");
  EXPECT_EQ(outcome({Sequence{3}}), Outcome::kReached);
  EXPECT_EQ(outcome({Sequence{4}}), Outcome::kUnknown);  // not answered from another history
  EXPECT_EQ(outcome({Sequence{4}, 2}), Outcome::kReached);
  EXPECT_EQ(outcome({Sequence{3}, 2}), Outcome::kUnknown);  // no record 3 was made in epoch 2
  EXPECT_TRUE(ends_.empty());
  EXPECT_EQ(waits.beyond(), 0);
}

TEST_F(EndOfLog, AnEpochThatHasNotBegunIsDoubtful) {
  Apply("acme");
  PositionWaits waits(views_, {}, nullptr, Asked());
  Told told;
  waits.WaitFor(kAcme, {Sequence{1}, 2}, kFar, told.Then());
  EXPECT_EQ(told.outcome, Outcome::kUnknown);
  ASSERT_TRUE(waits.Doubtful());
  EXPECT_EQ(waits.Doubtful()->position.epoch, 2);
}

TEST_F(EndOfLog, WhatIsSaidDoesNotChangeWithEachRequest) {
  Apply("acme");
  PositionWaits waits(views_, {}, nullptr, Asked());
  for (const int64_t sequence : {7, 8, 9}) {
    Told told;
    waits.WaitFor(kAcme, {Sequence{sequence}}, kFar, told.Then());
    ends_.back()();
  }
  EXPECT_EQ(waits.Doubtful()->position, Position{Sequence{7}});
  EXPECT_EQ(waits.beyond(), 3);
}

}  // namespace
}  // namespace contacts::testing
