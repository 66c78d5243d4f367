// A follower of the log that has no writer.
#include "infra/instance/follower.h"

#include <gtest/gtest.h>

#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "projections/store/describe.h"
#include "projections/view_lookup.h"
#include "tests/infra/instance/running.h"
#include "tests/support/acme.h"
#include "tests/support/keys.h"
#include "tests/support/log_client.h"
#include "tests/support/log_script.h"
#include "tests/support/memory_view_store.h"
#include "tests/support/temp_dir.h"
#include "tests/support/told_partition.h"

namespace contacts::testing {
namespace {

using std::chrono::milliseconds;

// The entries of a log that an instance wrote: an opening record, then so many contacts.
std::vector<LogEntry> HistoryOf(int contacts) {
  const TempDir dir;
  Running running({dir / "log", dir / "views"});
  EXPECT_TRUE(running.instance.WaitCaughtUp(kLong));
  for (int i = 0; i < contacts; ++i) running.Do(Create("e" + std::to_string(i) + "@x.org"));
  LogClient client(running.embedded);
  EXPECT_TRUE(client.UntilEntries(static_cast<size_t>(contacts)));
  return client.all;
}

// What the follower's callers see of it, over views that outlive it.
struct Following {
  Following(MemoryViewStore& views, std::vector<LogEntry> entries)
      : log(std::move(entries)), projector(views, TestKeys(), 0, 1) {}

  std::map<TenantId, Sequence> announced;
  ToldPartition log;
  Projector projector;
  Follower follower{log, projector, [this](const TenantId& tenant, Sequence sequence) {
                      announced[tenant] = sequence;
                    }};
};

class FollowerTest : public ::testing::Test {
 protected:
  std::vector<LogEntry> First(size_t count) const {
    return {history_.begin(), history_.begin() + static_cast<std::ptrdiff_t>(count)};
  }
  int64_t Contacts() const { return ViewLookup(views_).Tenant(kAcme).contacts; }

  static const std::vector<LogEntry>& History() {
    static const std::vector<LogEntry> history = HistoryOf(5);
    return history;
  }
  const std::vector<LogEntry>& history_ = History();
  MemoryViewStore views_;
};

// The log's end, as asked for at the start, came after the follower had asked again at a later
// offset, and was compared with that offset: the log was taken for another one.
TEST_F(FollowerTest, AnEndIsHeldAgainstThePlaceItWasAskedFrom) {
  Following f(views_, history_);
  f.log.answers_ends = false;
  f.follower.Step();
  f.follower.AskEnd(1);
  const auto answer = [&](uint64_t query, int64_t end) {
    Polled polled;
    polled.end_query = query;
    polled.end = Offset{end};
    f.follower.Apply(std::move(polled));
  };
  answer(0, 4);
  EXPECT_EQ(f.follower.fault(), "");
  EXPECT_TRUE(f.follower.caught_up());
  answer(1, 4);
  EXPECT_NE(f.follower.fault(), "");
}

TEST_F(FollowerTest, AStepAppliesWhatIsThereAndSaysWhatItWas) {
  Following f(views_, history_);
  EXPECT_EQ(f.follower.position(), Offset{0});
  EXPECT_FALSE(f.follower.caught_up());
  const Followed followed = f.follower.Step();
  ASSERT_EQ(followed.judged.size(), 6u);
  EXPECT_EQ(followed.entries.size(), 6u);
  EXPECT_EQ(followed.judged[0].verdict, Judged::Verdict::kOpening);
  for (size_t i = 1; i < 6; ++i) {
    EXPECT_EQ(followed.judged[i].verdict, Judged::Verdict::kHistory);
    EXPECT_EQ(followed.judged[i].hash, Sha256(followed.entries[i].value));
  }
  EXPECT_FALSE(followed.more);
  EXPECT_TRUE(f.follower.caught_up());
  EXPECT_EQ(f.follower.position(), Offset{6});
  EXPECT_EQ(f.announced, (std::map<TenantId, Sequence>{{kAcme, Sequence{5}}}));
  EXPECT_EQ(Contacts(), 5);
}

TEST_F(FollowerTest, ItGoesOnFromItsPlaceAndReadsTheEntryBeforeItAgain) {
  { EXPECT_EQ(Following(views_, First(4)).follower.Step().judged.size(), 4u); }
  Following f(views_, First(4));
  EXPECT_EQ(f.log.seeks, std::vector<Offset>{Offset{3}});
  EXPECT_TRUE(f.follower.Step().judged.empty());
  EXPECT_TRUE(f.follower.caught_up());
  EXPECT_TRUE(f.announced.empty());
  f.log.Add(history_[4]);
  EXPECT_EQ(f.follower.Step().judged.size(), 1u);
  EXPECT_EQ(f.follower.position(), Offset{5});
}

TEST_F(FollowerTest, ItIsNotCaughtUpBeforeTheEndIsKnown) {
  Following f(views_, history_);
  f.log.answers_ends = false;
  EXPECT_EQ(f.follower.Step().judged.size(), 6u);
  EXPECT_FALSE(f.follower.caught_up());
  f.log.answers_ends = true;
  EXPECT_TRUE(f.follower.Step().judged.empty());
  EXPECT_TRUE(f.follower.caught_up());
}

TEST_F(FollowerTest, WhatIsLeftCountsDown) {
  std::vector<LogEntry> many = history_;
  while (many.size() < 5000) {
    many.push_back({Offset{static_cast<int64_t>(many.size())}, Timestamp{}, "of", "a stranger"});
  }
  Following f(views_, std::move(many));
  EXPECT_EQ(f.follower.entries_left(), 0);  // nobody knows yet
  const Followed followed = f.follower.Step();
  EXPECT_TRUE(followed.more);
  EXPECT_EQ(f.follower.entries_left(), 5000 - static_cast<int64_t>(followed.entries.size()));
  EXPECT_FALSE(f.follower.Step().more);
  EXPECT_EQ(f.follower.entries_left(), 0);
  EXPECT_TRUE(f.follower.caught_up());
}

TEST_F(FollowerTest, AnotherEntryBeforeItsPlaceIsAFaultAndNothingIsApplied) {
  { Following(views_, First(4)).follower.Step(); }
  std::vector<LogEntry> other = history_;
  other[3].value += ' ';
  const std::string before = Describe(views_);
  Following f(views_, std::move(other));
  EXPECT_TRUE(f.follower.Step().entries.empty());
  EXPECT_TRUE(f.follower.fault().starts_with("the log is not the one"));
  EXPECT_FALSE(f.follower.caught_up());
  EXPECT_TRUE(f.follower.Step().entries.empty());
  EXPECT_EQ(Describe(views_), before);
}

TEST_F(FollowerTest, AnEndBeforeItsPlaceIsAFault) {
  { Following(views_, First(4)).follower.Step(); }
  Following f(views_, First(2));
  f.follower.Step();
  EXPECT_TRUE(f.follower.fault().starts_with("the log is not the one"));
  EXPECT_FALSE(f.follower.caught_up());
}

TEST_F(FollowerTest, WhatCameWithAFaultOfTheLogIsApplied) {
  Following f(views_, history_);
  f.log.Fail("the disk burns");
  EXPECT_EQ(f.follower.Step().judged.size(), 6u);
  EXPECT_EQ(f.follower.fault(), "the disk burns");
  f.follower.StandStill("something else");
  EXPECT_EQ(f.follower.fault(), "the disk burns");
  EXPECT_EQ(Contacts(), 5);
}

TEST_F(FollowerTest, OnlyEndsThatWereAskedForAreTold) {
  Following f(views_, history_);
  EXPECT_EQ(f.follower.Step().end_query, std::nullopt);
  f.follower.AskEnd(7);
  const Followed followed = f.follower.Step();
  EXPECT_EQ(followed.end_query, 7u);
  EXPECT_EQ(followed.end, Offset{6});
}

TEST_F(FollowerTest, CatchUpSaysWhetherItDid) {
  Following f(views_, history_);
  LogWake wake(f.log);
  f.log.answers_ends = false;
  EXPECT_FALSE(CatchUp(f.follower, wake, milliseconds(0)));
  EXPECT_EQ(f.follower.fault(), "");
  f.log.answers_ends = true;
  EXPECT_TRUE(CatchUp(f.follower, wake, kLong));
  EXPECT_TRUE(CatchUp(f.follower, wake, milliseconds(0)));

  Following failing(views_, history_);
  LogWake other(failing.log);
  failing.log.Fail("the disk burns");
  EXPECT_FALSE(CatchUp(failing.follower, other, kLong));
}

TEST_F(FollowerTest, OneBesideARunningInstanceMakesTheSameRows) {
  const TempDir dir;
  Running running({dir / "log", dir / "views"});
  ASSERT_TRUE(running.instance.WaitCaughtUp(kLong));
  for (int i = 0; i < 20; ++i) running.Do(Create("e" + std::to_string(i) + "@x.org"));
  const auto log = running.embedded.Open(0);
  Projector projector(views_, TestKeys(), 0, 1);
  Follower follower(*log, projector, [](const TenantId&, Sequence) {});
  LogWake wake(*log);
  ASSERT_TRUE(CatchUp(follower, wake, kLong)) << follower.fault();
  EXPECT_EQ(ToHex(Digest(views_)), running.DigestOfViews());

  running.Do(Create("new@x.org"));
  while (follower.Step().judged.empty()) ASSERT_TRUE(wake.WaitUntil(LogWake::Clock::now() + kLong));
  EXPECT_EQ(ToHex(Digest(views_)), running.DigestOfViews());
}

// Commands may be under way: the views are replaced when both stores stand at the same place.
TEST_F(FollowerTest, ViewsThatItMadeReplaceThoseOfARunningInstance) {
  const TempDir dir;
  Running running({dir / "log", dir / "views"});
  ASSERT_TRUE(running.instance.WaitCaughtUp(kLong));
  std::vector<std::future<Answer>> answers;
  for (int i = 0; i < 200; ++i) {
    answers.push_back(running.Submit(Create("e" + std::to_string(i) + "@x.org")));
  }
  const auto made_anew = std::make_shared<MemoryViewStore>();
  const auto log = running.embedded.Open(0);
  Projector projector(*made_anew, TestKeys(), 0, 1);
  Follower follower(*log, projector, [](const TenantId&, Sequence) {});
  const auto until = LogWake::Clock::now() + kLong;
  do {
    follower.Step();
    ASSERT_LT(LogWake::Clock::now(), until);
  } while (!running.views.Replace(made_anew));

  for (auto& answer : answers) EXPECT_EQ(answer.get().error, std::nullopt);
  EXPECT_EQ(running.Do(Create("E5@x.org")).error->code, ErrorCode::kEmailTaken);
  EXPECT_EQ(running.Do(Create("new@x.org")).position, Sequence{201});
  EXPECT_EQ(ViewLookup(*made_anew).Tenant(kAcme).contacts, 201);
  MemoryViewStore whole;
  Projector again(whole, TestKeys(), 0, 1);
  const auto handle = running.embedded.Open(0);
  Follower from_the_log(*handle, again, [](const TenantId&, Sequence) {});
  LogWake wake(*handle);
  ASSERT_TRUE(CatchUp(from_the_log, wake, kLong));
  EXPECT_EQ(ToHex(Digest(whole)), running.DigestOfViews());
}

// The instance destroys the keys of those who were erased.
TEST_F(FollowerTest, AStepTellsWhatItsEntriesErased) {
  LogScript log;
  log.Opens()
      .Then("acme", Created(1, "Jane", "j@x.org"))
      .Then("acme", PersonErased{ContactId{1}, {"ext:u"}, Ground::kUnlawful});
  Following f(views_, log.entries());
  const std::vector<Erasure> expected{
      {kAcme, Sequence{2}, ContactId{1}, 1, {"ext:u"}, std::nullopt}};
  EXPECT_EQ(f.follower.Step().erasures, expected);
  EXPECT_TRUE(f.follower.Step().erasures.empty());
}

}  // namespace
}  // namespace contacts::testing
