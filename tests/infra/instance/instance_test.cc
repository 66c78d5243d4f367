// One instance with its real log, read models and threads.
#include "infra/instance/instance.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "projections/view_lookup.h"
#include "tests/infra/instance/running.h"
#include "tests/support/temp_dir.h"

namespace contacts::testing {
namespace {

using std::chrono::milliseconds;

class InstanceTest : public ::testing::Test {
 protected:
  Parts Here(int partitions = 1) const { return {dir_ / "log", dir_ / "views", partitions}; }
  TempDir dir_;
};

// Who created each of 50 e-mails, by 8 callers who all try all.
struct Race {
  std::multiset<int64_t> ids;
  int conflicts = 0;
  int others = 0;
};

Race RaceFor50Emails(Running& running) {
  Race race;
  std::mutex mutex;
  std::vector<std::thread> callers;
  for (int c = 0; c < 8; ++c) {
    callers.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        const Answer answer = running.Do(Create("e" + std::to_string(i) + "@x.org"));
        const std::lock_guard lock(mutex);
        if (!answer.error) {
          race.ids.insert(std::get<ContactCreated>(answer.event).id.value);
        } else {
          ++(answer.error->code == ErrorCode::kEmailTaken ? race.conflicts : race.others);
        }
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  return race;
}

TEST_F(InstanceTest, EightCallersWithTheSameFiftyEmailsMakeFiftyContacts) {
  Running running(Here());
  ASSERT_TRUE(running.instance.WaitCaughtUp(kLong));
  const Race race = RaceFor50Emails(running);
  std::multiset<int64_t> expected;
  for (int64_t id = 1; id <= 50; ++id) expected.insert(id);
  EXPECT_EQ(race.ids, expected);
  EXPECT_EQ(race.conflicts, 350);
  EXPECT_EQ(race.others, 0);
  EXPECT_TRUE(running.instance.Stop(kLong));
  EXPECT_EQ(ViewLookup(running.views).Tenant(TenantId{"acme"}).contacts, 50);
}

TEST_F(InstanceTest, AnAnswersPositionIsVisibleAndAnnounced) {
  Running running(Here());
  ASSERT_TRUE(running.instance.WaitCaughtUp(kLong));
  std::promise<Positions::Outcome> reached;
  running.positions.WaitFor(TenantId{"acme"}, {Sequence{1}}, Positions::Clock::now() + kLong,
                            [&](Positions::Outcome outcome) { reached.set_value(outcome); });
  const Answer answer = running.Do(Create("a@x.org"));
  EXPECT_EQ(answer.position, Sequence{1});
  EXPECT_EQ(ViewLookup(running.views).ContactByEmail(TenantId{"acme"}, "a@x.org"), ContactId{1});
  EXPECT_EQ(reached.get_future().get(), Positions::Outcome::kReached);
}

TEST_F(InstanceTest, TheEndOfTheLogIsToldWhenItIsApplied) {
  Running running(Here());
  ASSERT_TRUE(running.instance.WaitCaughtUp(kLong));
  running.Do(Create("a@x.org"));
  std::promise<void> first, second;
  running.instance.AskEnd(TenantId{"acme"}, [&] { first.set_value(); });
  running.instance.AskEnd(TenantId{"acme"}, [&] { second.set_value(); });
  EXPECT_EQ(first.get_future().wait_for(kLong), std::future_status::ready);
  EXPECT_EQ(second.get_future().wait_for(kLong), std::future_status::ready);
}

TEST_F(InstanceTest, TenantsOfAllPartitionsAreWritten) {
  Running running(Here(/*partitions=*/4));
  ASSERT_TRUE(running.instance.WaitCaughtUp(kLong));
  std::vector<std::future<Answer>> answers;
  for (int i = 0; i < 20; ++i) {
    answers.push_back(running.Submit(Create("a@x.org", "tenant" + std::to_string(i))));
  }
  for (auto& answer : answers) EXPECT_EQ(answer.get().position, Sequence{1});
}

TEST_F(InstanceTest, StopWaitsUntilAllAreAnswered) {
  Running running(Here());
  ASSERT_TRUE(running.instance.WaitCaughtUp(kLong));
  std::vector<std::future<Answer>> answers;
  for (int i = 0; i < 200; ++i) {
    answers.push_back(running.Submit(Create("e" + std::to_string(i) + "@x.org")));
  }
  EXPECT_TRUE(running.instance.Stop(kLong));
  for (auto& answer : answers) {
    ASSERT_EQ(answer.wait_for(milliseconds(0)), std::future_status::ready);
    EXPECT_EQ(answer.get().error, std::nullopt);
  }
  EXPECT_EQ(running.Do(Create("late@x.org")).error->code, ErrorCode::kUnavailable);
}

TEST_F(InstanceTest, WhatIsOpenWhenTheTimeIsOverIsAnsweredAsUnknown) {
  Running running(Here());
  ASSERT_TRUE(running.instance.WaitCaughtUp(kLong));
  running.log.Hold();
  std::future<Answer> answer = running.Submit(Create("a@x.org"));
  running.log.WaitForAppend();
  EXPECT_FALSE(running.instance.Stop(milliseconds(0)));
  ASSERT_EQ(answer.wait_for(milliseconds(0)), std::future_status::ready);
  const Answer given = answer.get();
  ASSERT_TRUE(given.error);
  EXPECT_EQ(given.error->code, ErrorCode::kUnknownOutcome);
  EXPECT_TRUE(given.error->key.starts_with("attempt.1."));
}

TEST_F(InstanceTest, AfterARestartFromDiskTheRowsAreTheSameAndWritesGoOn) {
  std::string digest;
  {
    Running running(Here());
    ASSERT_TRUE(running.instance.WaitCaughtUp(kLong));
    for (int i = 0; i < 20; ++i) running.Do(Create("e" + std::to_string(i) + "@x.org"));
    ASSERT_TRUE(running.instance.Stop(kLong));
    digest = running.DigestOfViews();
  }
  Running running(Here());
  ASSERT_TRUE(running.instance.WaitCaughtUp(kLong));
  EXPECT_EQ(running.DigestOfViews(), digest);
  EXPECT_EQ(running.Do(Create("E5@x.org")).error->code, ErrorCode::kEmailTaken);
  EXPECT_EQ(running.Do(Create("new@x.org")).position, Sequence{21});
  EXPECT_NE(running.DigestOfViews(), digest);
}

TEST_F(InstanceTest, ReadModelsThatWereRemovedAreMadeAgainFromTheLog) {
  std::string digest;
  {
    Running running(Here());
    ASSERT_TRUE(running.instance.WaitCaughtUp(kLong));
    RaceFor50Emails(running);
    ASSERT_TRUE(running.instance.Stop(kLong));
    digest = running.DigestOfViews();
  }
  std::filesystem::remove_all(dir_ / "views");
  Running running(Here());
  ASSERT_TRUE(running.instance.WaitCaughtUp(kLong));
  EXPECT_EQ(running.DigestOfViews(), digest);
}

}  // namespace
}  // namespace contacts::testing
