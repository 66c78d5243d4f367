// Waiting for a change: who is woken by what, and what it costs.
#include "query/change_waits.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "tests/query/changing_contacts.h"

namespace contacts::query {
namespace {

using Outcome = ChangeWaits::Outcome;

// The end of one wait; it may come when this is gone, since a wait ends with its ChangeWaits.
class Ended {
 public:
  ChangeWaits::Then Then() {
    return [state = state_](Outcome outcome) {
      const std::lock_guard lock(state->mutex);
      state->outcome = outcome;
      ++state->calls;
      state->changed.notify_all();
    };
  }
  Outcome Await() {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [&] { return state_->outcome.has_value(); });
    return *state_->outcome;
  }
  int calls() {
    const std::lock_guard lock(state_->mutex);
    return state_->calls;
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<Outcome> outcome;
    int calls = 0;
  };
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

class ChangeWaitsTest : public ::testing::Test {
 protected:
  static ChangeWaits::Clock::time_point InAMinute() {
    return ChangeWaits::Clock::now() + std::chrono::minutes(1);
  }
  uint64_t Wait(ChangeWaits* waits, const Asker& asker, Ended* ended) {
    return waits->WaitFor(asker, contacts_.ViewerNow(asker), contacts_.head(), InAMinute(),
                          ended->Then());
  }
  // Returns once the waits have judged all that is there: a change that only `asker` sees has woken
  // it.
  void AwaitJudged(ChangeWaits* waits) {
    Ended ended;
    const auto before = Sequence{contacts_.head().value - 1};
    const Asker admin = contacts_.AskerOf("admin");
    waits->WaitFor(admin, contacts_.ViewerNow(admin), before, InAMinute(), ended.Then());
    ASSERT_EQ(ended.Await(), Outcome::kChanged);
  }

  ChangingContacts contacts_;
  const Asker admin_ = contacts_.AskerOf("admin");
  const Asker client_ = contacts_.AskerOf("client");
};

TEST_F(ChangeWaitsTest, AChangeWakesThoseWhoSeeIt) {
  ChangeWaits waits(contacts_.views(), TestKeys());
  Ended first;
  Ended second;
  Wait(&waits, admin_, &first);
  Wait(&waits, admin_, &second);
  contacts_.Create(1, ContactType::kVendor);
  waits.Applied(contacts_.tenant());
  EXPECT_EQ(first.Await(), Outcome::kChanged);
  EXPECT_EQ(second.Await(), Outcome::kChanged);
  EXPECT_EQ(waits.judged(), 1u);  // for the view of both
  EXPECT_EQ(waits.woken(), 2u);
  EXPECT_EQ(waits.waiting(), 0u);
}

TEST_F(ChangeWaitsTest, AChangeThatTheViewDoesNotSeeWakesNobody) {
  ChangeWaits waits(contacts_.views(), TestKeys());
  std::array<Ended, 20> ended;
  for (Ended& one : ended) Wait(&waits, client_, &one);
  contacts_.Create(1, ContactType::kVendor);
  waits.Applied(contacts_.tenant());
  AwaitJudged(&waits);
  EXPECT_EQ(waits.judged(), 2u);  // once for twenty, and once for the admin
  EXPECT_EQ(waits.woken(), 1u);
  EXPECT_EQ(waits.waiting(), 20u);
  contacts_.Set(1, [](ContactFields* fields) { fields->type = ContactType::kInternal; });
  waits.Applied(contacts_.tenant());
  for (Ended& one : ended) EXPECT_EQ(one.Await(), Outcome::kChanged);
  EXPECT_EQ(waits.judged(), 3u);
}

TEST_F(ChangeWaitsTest, RefusalsSessionsAndHoldsAreJudgedForNobody) {
  contacts_.Create(1, ContactType::kInternal);
  ChangeWaits waits(contacts_.views(), TestKeys());
  Ended ended;
  Wait(&waits, admin_, &ended);
  contacts_.Then(CommandRefused{"CreateContact", ErrorCode::kConflict, "no"});
  contacts_.Then(SessionsEnded{UserId{"7"}});
  contacts_.Then(HoldPlaced{ContactId{1}});
  waits.Applied(contacts_.tenant());
  Ended client;
  Wait(&waits, client_, &client);
  contacts_.Rename(1, "Jo");
  waits.Applied(contacts_.tenant());
  EXPECT_EQ(ended.Await(), Outcome::kChanged);
  EXPECT_EQ(client.Await(), Outcome::kChanged);
  EXPECT_EQ(waits.judged(), 2u);  // the last record, for each view
}

TEST_F(ChangeWaitsTest, AnotherTenantsChangeIsJudgedForNobody) {
  ChangingContacts other;
  ChangeWaits waits(contacts_.views(), TestKeys());
  Ended ended;
  Wait(&waits, admin_, &ended);
  waits.Applied(other.tenant());
  contacts_.Create(1, ContactType::kVendor);
  waits.Applied(contacts_.tenant());
  EXPECT_EQ(ended.Await(), Outcome::kChanged);
  EXPECT_EQ(waits.judged(), 1u);
}

TEST_F(ChangeWaitsTest, AChangeBeforeTheWaitWasNotedCounts) {
  ChangeWaits waits(contacts_.views(), TestKeys());
  contacts_.Create(1, ContactType::kVendor);
  Ended ended;
  waits.WaitFor(admin_, contacts_.ViewerNow(admin_), Sequence{0}, InAMinute(), ended.Then());
  EXPECT_EQ(ended.Await(), Outcome::kChanged);
}

TEST_F(ChangeWaitsTest, AChangeOfOnesOwnContactWakes) {
  contacts_.Create(1, ContactType::kClient, "Wey");
  contacts_.SetActive(1, false);
  ChangeWaits waits(contacts_.views(), TestKeys());
  const Asker self = contacts_.AskerOf("client", 1);
  const Asker later = contacts_.AskerOf("client", 2);  // its contact does not exist yet
  Ended changed;
  Ended created;
  Wait(&waits, self, &changed);
  Wait(&waits, later, &created);
  contacts_.Move(1, "Other");
  contacts_.Create(2, ContactType::kClient);
  waits.Applied(contacts_.tenant());
  EXPECT_EQ(changed.Await(), Outcome::kChanged);
  EXPECT_EQ(created.Await(), Outcome::kChanged);
}

TEST_F(ChangeWaitsTest, LongWorkIsDoneInTurns) {
  ChangeWaits waits(contacts_.views(), TestKeys(), {.records_in_turn = 3});
  for (int64_t id = 1; id <= 20; ++id) contacts_.Create(id, ContactType::kVendor);
  Ended client;
  waits.WaitFor(client_, contacts_.ViewerNow(client_), Sequence{0}, InAMinute(), client.Then());
  contacts_.Create(21, ContactType::kInternal);
  waits.Applied(contacts_.tenant());
  EXPECT_EQ(client.Await(), Outcome::kChanged);
  EXPECT_EQ(waits.judged(), 21u);
}

TEST_F(ChangeWaitsTest, AStateThatCostsMoreThanATurnWakesWhoeverWaits) {
  ChangeWaits waits(contacts_.views(), TestKeys(), {.records_in_turn = 3});
  contacts_.Create(1, ContactType::kVendor);
  for (int i = 0; i < 20; ++i) contacts_.Rename(1, "Name " + std::to_string(i));
  Ended client;
  waits.WaitFor(client_, contacts_.ViewerNow(client_), Sequence{8}, InAMinute(), client.Then());
  EXPECT_EQ(client.Await(), Outcome::kChanged);
}

// A turn was over after so many records of the stretch, however many others each of them cost.
TEST_F(ChangeWaitsTest, TheRecordsThatErasuresCostCountForATurn) {
  std::atomic<int> turns{0};
  for (int64_t id = 1; id <= 10; ++id) {
    contacts_.Create(id, ContactType::kVendor);
    for (int i = 0; i < 9; ++i) contacts_.Rename(id, "Name " + std::to_string(i));
  }
  const Sequence before = contacts_.head();
  for (int64_t id = 1; id <= 10; ++id) contacts_.Erase(id);
  contacts_.Create(11, ContactType::kInternal);
  ChangeWaits waits(contacts_.views(), TestKeys(), {.records_in_turn = 11}, [&] { ++turns; });
  Ended client;
  waits.WaitFor(client_, contacts_.ViewerNow(client_), before, InAMinute(), client.Then());
  EXPECT_EQ(client.Await(), Outcome::kChanged);
  waits.Stop();
  EXPECT_GE(turns, 10);  // each erasure costs itself and ten records, and is a turn
}

TEST_F(ChangeWaitsTest, TheTimeEndsAWait) {
  ChangeWaits waits(contacts_.views(), TestKeys());
  Ended ended;
  waits.WaitFor(admin_, contacts_.ViewerNow(admin_), {}, ChangeWaits::Clock::now(), ended.Then());
  EXPECT_EQ(ended.Await(), Outcome::kTimedOut);
  EXPECT_EQ(waits.waiting(), 0u);
}

TEST_F(ChangeWaitsTest, ACancelledWaitIsForgottenWithAllThatItHolds) {
  ChangeWaits waits(contacts_.views(), TestKeys());
  const auto held = std::make_shared<int>(1);
  const auto number = waits.WaitFor(admin_, contacts_.ViewerNow(admin_), {}, InAMinute(),
                                    [held](Outcome) { FAIL(); });
  ASSERT_GT(number, 0u);
  waits.Cancel(number);
  waits.Cancel(number);
  EXPECT_EQ(waits.waiting(), 0u);
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(ChangeWaitsTest, TooManyAreRefused) {
  ChangeWaits waits(contacts_.views(), TestKeys(), {.of_a_tenant = 2, .in_all = 3});
  ChangingContacts other;
  ChangingContacts third;
  std::array<Ended, 6> ended;
  EXPECT_GT(Wait(&waits, admin_, &ended[0]), 0u);
  EXPECT_GT(Wait(&waits, client_, &ended[1]), 0u);
  EXPECT_EQ(Wait(&waits, admin_, &ended[2]), 0u);
  EXPECT_EQ(ended[2].Await(), Outcome::kTooMany);
  EXPECT_GT(Wait(&waits, other.AskerOf("admin"), &ended[3]), 0u);
  EXPECT_EQ(Wait(&waits, third.AskerOf("admin"), &ended[4]), 0u);
  EXPECT_EQ(ended[4].Await(), Outcome::kTooMany);
}

TEST_F(ChangeWaitsTest, StoppingEndsAllAndLaterOnesImmediately) {
  ChangeWaits waits(contacts_.views(), TestKeys());
  Ended ended;
  Ended late;
  Wait(&waits, admin_, &ended);
  waits.Stop();
  EXPECT_EQ(ended.Await(), Outcome::kTimedOut);
  EXPECT_EQ(Wait(&waits, admin_, &late), 0u);
  EXPECT_EQ(late.Await(), Outcome::kTimedOut);
}

// Many come, are woken, go and come again while records are applied: each is told exactly once.
TEST_F(ChangeWaitsTest, EachWaitEndsOnceWhateverHappensAtATime) {
  ChangeWaits waits(contacts_.views(), TestKeys(), {.records_in_turn = 2});
  const Viewer all = contacts_.ViewerNow(admin_);
  const Viewer some = contacts_.ViewerNow(client_);
  std::atomic<bool> done{false};
  const auto follow = [&](const Asker& asker, const Viewer& viewer) {
    Sequence at;
    while (!done) {
      const auto ended = std::make_shared<Ended>();  // it may be called while it is cancelled
      const auto number = waits.WaitFor(asker, viewer, at, InAMinute(),
                                        [ended](Outcome outcome) { ended->Then()(outcome); });
      if (at.value % 3 == 2) waits.Cancel(number);
      if (at.value % 3 != 2) ended->Await();
      EXPECT_LE(ended->calls(), 1);
      at = ViewLookup(contacts_.views()).Tenant(contacts_.tenant()).applied;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back([&] { follow(admin_, all); });
  for (int i = 0; i < 3; ++i) threads.emplace_back([&] { follow(client_, some); });
  for (int64_t id = 1; id <= 200; ++id) {
    contacts_.Create(id, id % 2 == 0 ? ContactType::kInternal : ContactType::kVendor);
    waits.Applied(contacts_.tenant());
  }
  done = true;
  waits.Stop();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(waits.waiting(), 0u);
}

}  // namespace
}  // namespace contacts::query
