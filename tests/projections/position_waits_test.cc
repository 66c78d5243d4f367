#include "projections/position_waits.h"

#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "tests/projections/waits_fixture.h"

namespace contacts::testing {
namespace {

using Outcome = Positions::Outcome;
using namespace std::chrono_literals;

TEST_F(PositionWaitsTest, AReachedPositionIsToldImmediately) {
  Apply("acme");
  Told one, none;
  PositionWaits waits(views_);  // as after a restart: Reached was never called
  waits.WaitFor(kAcme, {Sequence{1}}, kFar, one.Then());
  waits.WaitFor(TenantId{"new"}, {Sequence{0}}, kFar, none.Then());
  EXPECT_EQ(one.outcome, Outcome::kReached);
  EXPECT_EQ(none.outcome, Outcome::kReached);
}

TEST_F(PositionWaitsTest, ACancelledWaitIsToldNothingAndKeepsNothing) {
  PositionWaits waits(views_);
  Told told;
  auto kept = std::make_shared<int>(1);
  const Positions::Wait wait = waits.WaitFor(
      kAcme, {Sequence{1}}, kFar, [kept, then = told.Then()](Outcome outcome) { then(outcome); });
  EXPECT_EQ(waits.waiting(), 1u);
  waits.Cancel(wait);
  EXPECT_EQ(waits.waiting(), 0u);
  EXPECT_EQ(kept.use_count(), 1);
  Apply("acme");
  waits.Reached(kAcme, Sequence{1});
  waits.Cancel(wait);
  EXPECT_EQ(told.times, 0);
}

// One tenant's waits, or all of them, could fill the memory.
TEST_F(PositionWaitsTest, TheNumberOfWaitsIsBoundedForATenantAndInAll) {
  PositionWaits waits(views_, {.of_a_tenant = 2, .in_all = 3});
  std::vector<std::unique_ptr<Told>> told;
  const auto wait = [&](const char* tenant) {
    told.push_back(std::make_unique<Told>());
    return waits.WaitFor(TenantId{tenant}, {Sequence{9}}, kFar, told.back()->Then());
  };
  const Positions::Wait first = wait("acme");
  wait("acme");
  EXPECT_EQ(wait("acme").number, 0u);
  EXPECT_EQ(told.back()->outcome, Outcome::kTooMany);
  wait("other");
  EXPECT_EQ(wait("third").number, 0u);
  EXPECT_EQ(told.back()->outcome, Outcome::kTooMany);
  waits.Cancel(first);
  EXPECT_NE(wait("acme").number, 0u);
  EXPECT_EQ(waits.waiting(), 3u);
  waits.Stop();
  for (const auto& one : told) EXPECT_LE(one->times, 1);
  EXPECT_EQ(waits.waiting(), 0u);
  EXPECT_EQ(wait("acme").number, 0u);
  EXPECT_EQ(told.back()->outcome, Outcome::kTimedOut);
}

TEST_F(PositionWaitsTest, AWaitIsToldWhenItsPositionIsReached) {
  Told first, second, other;
  PositionWaits waits(views_);
  waits.WaitFor(kAcme, {Sequence{1}}, kFar, first.Then());
  waits.WaitFor(kAcme, {Sequence{2}}, kFar, second.Then());
  waits.WaitFor(TenantId{"acme2"}, {Sequence{1}}, kFar, other.Then());
  Apply("acme");
  EXPECT_EQ(first.times, 0);
  waits.Reached(kAcme, Sequence{1});
  EXPECT_EQ(first.outcome, Outcome::kReached);
  EXPECT_EQ(second.times, 0);
  Apply("acme");
  waits.Reached(kAcme, Sequence{2});
  EXPECT_EQ(second.outcome, Outcome::kReached);
  EXPECT_EQ(first.times, 1);
  EXPECT_EQ(other.times, 0);
}

TEST_F(PositionWaitsTest, OneStepMayReachSeveral) {
  Told one, two, also_two;
  PositionWaits waits(views_);
  waits.WaitFor(kAcme, {Sequence{2}}, kFar, two.Then());
  waits.WaitFor(kAcme, {Sequence{1}}, kFar, one.Then());
  waits.WaitFor(kAcme, {Sequence{2}}, kFar, also_two.Then());
  Apply("acme");
  Apply("acme");
  waits.Reached(kAcme, Sequence{2});
  EXPECT_EQ(one.times, 1);
  EXPECT_EQ(two.times, 1);
  EXPECT_EQ(also_two.times, 1);
}

// The records of a parked tenant go on; its read models do not.
TEST_F(PositionWaitsTest, AParkedTenantReachesNothing) {
  Apply("acme");
  log_.Unknown("acme");
  ApplyAll(views_, {log_.entries().back()});
  Told told;
  PositionWaits waits(views_);
  waits.WaitFor(kAcme, {Sequence{2}}, kFar, told.Then());
  waits.Reached(kAcme, Sequence{2});
  EXPECT_EQ(told.times, 0);
}

TEST_F(PositionWaitsTest, ADeadlineThatPassesIsTold) {
  Told late, later, patient;
  PositionWaits waits(views_);
  waits.WaitFor(kAcme, {Sequence{1}}, kFar, patient.Then());
  waits.WaitFor(kAcme, {Sequence{1}}, Positions::Clock::now() + 20ms, later.Then());
  waits.WaitFor(kAcme, {Sequence{1}}, Positions::Clock::now() - 1s, late.Then());
  ASSERT_TRUE(late.signal.Wait());
  ASSERT_TRUE(later.signal.Wait());
  EXPECT_EQ(late.outcome, Outcome::kTimedOut);
  EXPECT_EQ(later.outcome, Outcome::kTimedOut);
  EXPECT_EQ(patient.times, 0);
  Apply("acme");
  waits.Reached(kAcme, Sequence{1});
  EXPECT_EQ(patient.outcome, Outcome::kReached);
  EXPECT_EQ(late.times, 1);
}

TEST_F(PositionWaitsTest, AWaitThatIsOpenAtTheEndIsTold) {
  Told told;
  {
    PositionWaits waits(views_);
    waits.WaitFor(kAcme, {Sequence{1}}, kFar, told.Then());
  }
  EXPECT_EQ(told.outcome, Outcome::kTimedOut);
}

// Views in which something happens right after they were read for the first time.
class ViewsWithHook : public ViewReader {
 public:
  explicit ViewsWithHook(const ViewReader& views) : views_(views) {}
  std::optional<std::string> Get(View view, std::string_view key) const override {
    auto row = views_.Get(view, key);
    if (const auto now = std::exchange(then, nullptr)) now();
    return row;
  }
  void Scan(View view, std::string_view from, std::string_view to,
            const Visit& visit) const override {
    views_.Scan(view, from, to, visit);
  }
  mutable std::function<void()> then;

 private:
  const ViewReader& views_;
};

TEST_F(PositionWaitsTest, APositionReachedJustBeforeTheWaitIsNotedIsTold) {
  ViewsWithHook views(views_);
  Told told;
  PositionWaits waits(views);
  views.then = [&] {
    Apply("acme");
    waits.Reached(kAcme, Sequence{1});
  };
  waits.WaitFor(kAcme, {Sequence{1}}, kFar, told.Then());
  EXPECT_EQ(told.outcome, Outcome::kReached);
}

TEST_F(PositionWaitsTest, NoWaitIsLostOrToldTwiceInARace) {
  constexpr int kRecords = 300;
  std::vector<std::unique_ptr<Told>> told;
  PositionWaits waits(views_, {.of_a_tenant = 3 * kRecords, .in_all = 3 * kRecords});
  for (int i = 0; i < 3 * kRecords; ++i) told.push_back(std::make_unique<Told>());
  std::thread waiter([&] {
    for (size_t i = 0; i < told.size(); ++i) {
      waits.WaitFor(kAcme, {Sequence{static_cast<int64_t>(i / 3 + 1)}}, kFar, told[i]->Then());
    }
  });
  for (int i = 0; i < kRecords; ++i) {
    Apply("acme");
    waits.Reached(kAcme, Sequence{i + 1});
  }
  waiter.join();
  for (auto& one : told) {
    ASSERT_TRUE(one->signal.Wait());
    EXPECT_EQ(one->times, 1);
    EXPECT_EQ(one->outcome, Outcome::kReached);
  }
}

}  // namespace
}  // namespace contacts::testing
