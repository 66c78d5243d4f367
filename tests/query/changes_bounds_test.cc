// Given a long history or a parked tenant, when a client asks what changed, then one answer does
// bounded work.
#include <gtest/gtest.h>

#include <vector>

#include "query/changes.h"
#include "query/contact_steps.h"
#include "tests/query/changes_fixture.h"

namespace contacts::query {
namespace {

TEST_F(ChangesTest, LimitsEndAnAnswerAndTheNextGoesOn) {
  for (int64_t id = 1; id <= 5; ++id) contacts_.Create(id, ContactType::kVendor);
  const auto first = contacts_.Read(admin_, {.since = {}, .view = {}, .most = 2});
  EXPECT_EQ(Told(*first), (Lines{"1 ContactCreated contact", "2 ContactCreated contact"}));
  EXPECT_TRUE(first->more);
  EXPECT_EQ(first->next, Position{Sequence{2}});
  EXPECT_EQ(Read(admin_, 2).entries.size(), 3u);
  const auto small = Read(admin_, 0, {.answer_bytes = 1});
  EXPECT_EQ(small.entries.size(), 1u);
  EXPECT_EQ(small.next, Position{Sequence{1}});
}

TEST_F(ChangesTest, TheTokenAdvancesWhenTheCallerMaySeeNothing) {
  for (int64_t id = 1; id <= 5; ++id) contacts_.Create(id, ContactType::kVendor);
  const auto changes = Read(client_, 0, {.looked_at = 3});
  EXPECT_EQ(changes.entries.size(), 0u);
  EXPECT_TRUE(changes.more);
  EXPECT_EQ(changes.next, Position{Sequence{3}});
  const auto last = Read(client_, 3, {.looked_at = 3});
  EXPECT_FALSE(last.more);
  EXPECT_EQ(last.next, Position{Sequence{5}});
}

TEST_F(ChangesTest, OneRequestLooksAtTenThousandRecordsAtMost) {
  for (int i = 0; i < 10'001; ++i) contacts_.Then(testing::Idle("CreateContact"));
  const auto changes = Read(admin_);
  EXPECT_EQ(changes.next, Position{Sequence{10'000}});
  EXPECT_TRUE(changes.more);
}

// A contact that changes very often is folded from whichever end is nearer.
TEST_F(ChangesTest, AContactWithALongHistoryCostsItsNewestRecordsOnly) {
  contacts_.Create(1, ContactType::kVendor);
  for (int i = 0; i < 300; ++i) contacts_.Rename(1, "Name " + std::to_string(i));
  const auto newest = Read(admin_, 299, {.records = 8});
  EXPECT_EQ(newest.entries.size(), 2u);
  EXPECT_FALSE(newest.more);
  const auto oldest = Read(admin_, 10, {.records = 20});
  EXPECT_GE(oldest.entries.size(), 9u);
  EXPECT_NE(oldest.entries.at(2).json.find(ToJson(contacts_.states().at(1).at(Sequence{13}))),
            std::string::npos);
}

// All records of an erased contact were read to tell who might have seen it.
TEST_F(ChangesTest, TheErasureOfAContactWithALongHistoryCostsFewRecords) {
  for (const int64_t id : {1, 2}) contacts_.Create(id, ContactType::kVendor);
  for (size_t i = 1; i < kMostToTell; ++i) contacts_.Rename(1, "Name " + std::to_string(i));
  for (size_t i = 1; i < 10 * kMostToTell; ++i) contacts_.Rename(2, "Name " + std::to_string(i));
  const auto since = contacts_.head().value;
  contacts_.Erase(1);
  contacts_.Erase(2);
  // Nobody reads what the second one was, so it might have been internal.
  EXPECT_EQ(Told(client_, since), (Lines{std::to_string(since + 2) + " ContactChanged removed 2"}));
  EXPECT_EQ(Told(client_), Lines{}) << "this client's copy cannot hold it";
  const Past past(contacts_.views(), TestKeys(), contacts_.tenant());
  ContactSteps steps(past);
  EXPECT_TRUE(steps.At(contacts_.head()));
  EXPECT_LE(steps.records(), 1 + kMostToTell);
}

// One fold could cost more than a turn of the waits.
TEST_F(ChangesTest, AStateThatCostsMoreThanTheLimitOfFoldsIsUnknown) {
  contacts_.Create(1, ContactType::kVendor);
  for (int i = 2; i <= 100; ++i) contacts_.Rename(1, "Name " + std::to_string(i));
  const Past past(contacts_.views(), TestKeys(), contacts_.tenant());
  const auto is_unknown = [&](int64_t at, size_t most) {
    ContactSteps steps(past, most);
    const auto step = steps.At(Sequence{at});
    EXPECT_LE(steps.records(), most + 1);
    EXPECT_EQ(step->after.has_value(), !step->is_unknown);
    return step->is_unknown;
  };
  EXPECT_TRUE(is_unknown(50, 40));
  EXPECT_FALSE(is_unknown(60, 40));
  EXPECT_TRUE(is_unknown(59, 40));
  EXPECT_FALSE(is_unknown(40, 40));
  EXPECT_TRUE(is_unknown(41, 40));
  EXPECT_FALSE(is_unknown(100, 1));
  contacts_.ErasePast(1);
  for (int i = 102; i <= 200; ++i) contacts_.Rename(1, "Name " + std::to_string(i));
  EXPECT_TRUE(is_unknown(110, 40)) << "it is folded back only";
  ContactSteps steps(past, 40);
  for (int64_t at = 120; at < 130; ++at) EXPECT_TRUE(steps.At(Sequence{at})->is_unknown);
}

TEST_F(ChangesTest, AnotherViewThanTheClientsIsRefused) {
  contacts_.Create(99, ContactType::kClient, "Wey");
  const std::string view = Read(of_wey_).view;
  EXPECT_TRUE(contacts_.Read(of_wey_, {.since = {}, .view = view}));
  contacts_.Move(99, "Other");
  const auto refused = contacts_.Read(of_wey_, {.since = {}, .view = view});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code_name, "viewChanged");
  EXPECT_NE(Read(of_wey_).view, view);
}

TEST_F(ChangesTest, AParkedTenantStandsWhereItStands) {
  contacts_.Create(1, ContactType::kInternal);
  contacts_.Park();
  contacts_.Create(2, ContactType::kInternal);
  const auto changes = Read(admin_);
  EXPECT_EQ(Told(changes), (Lines{"1 ContactCreated contact"}));
  EXPECT_FALSE(changes.more);
  EXPECT_EQ(changes.next, Position{Sequence{1}});
  EXPECT_EQ(changes.parked, Sequence{2});
}

// The delta has no position for the erasure yet, so only the data goes at once.
TEST_F(ChangesTest, AParkedTenantLeavesOutWhatAnErasureTookAway) {
  contacts_.Create(1, ContactType::kInternal);
  contacts_.Rename(1, "Jo");
  contacts_.Create(2, ContactType::kInternal);
  contacts_.Park();
  EXPECT_EQ(Told(client_).size(), 3u);
  contacts_.Then(PersonErased{ContactId{1}, {}, Ground::kObjected});  // its keys are still there
  for (const Asker& asker : {admin_, client_}) {
    const Changes changes = Read(asker);
    EXPECT_EQ(Told(changes), (Lines{"3 ContactCreated contact"}));
    EXPECT_EQ(changes.next, Position{Sequence{3}});
    EXPECT_FALSE(changes.more);
  }
}

}  // namespace
}  // namespace contacts::query
