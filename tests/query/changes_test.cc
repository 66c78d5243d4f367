// Given a history, when a client asks what changed, then these entries come.
#include "query/changes.h"

#include <gtest/gtest.h>

#include <vector>

#include "query/contact_steps.h"
#include "tests/query/changing_contacts.h"

namespace contacts::query {
namespace {

class ChangesTest : public ::testing::Test {
 protected:
  Changes Read(const Asker& asker, int64_t since = 0, const ChangesBounds& bounds = {}) {
    auto changes = contacts_.Read(asker, {.since = Sequence{since}}, bounds);
    EXPECT_TRUE(changes);
    return *std::move(changes);
  }
  // "2 ContactChanged contact", "3 PersonErased removed 1"
  std::vector<std::string> Told(const Changes& changes) {
    std::vector<std::string> told;
    for (const Change& change : changes.entries) {
      std::string line = std::to_string(change.at.sequence.value) + ' ' +
                         Between(change.json, "\"type\":\"", "\"");
      const std::string removed = Between(change.json, "\"removed\":", ",");
      told.push_back(line + (removed.empty() ? " contact" : " removed " + removed));
    }
    return told;
  }
  std::vector<std::string> Told(const Asker& asker, int64_t since = 0) {
    return Told(Read(asker, since));
  }
  using Lines = std::vector<std::string>;

  ChangingContacts contacts_;
  const Asker admin_ = contacts_.AskerOf("admin");
  const Asker client_ = contacts_.AskerOf("client");      // no contact: active internal ones
  const Asker of_wey_ = contacts_.AskerOf("client", 99);  // once contact 99 is there
};

TEST_F(ChangesTest, AnEntrySaysWhatBecameOfTheContactByWhomAndWhy) {
  contacts_.Create(1, ContactType::kVendor);
  contacts_.Rename(1, "Jo");
  contacts_.Then(testing::Idle("CreateContact"));
  const Changes changes = Read(admin_);
  const std::string made = R"(,"actor":{"id":"7","name":"user 7"},"reason":"because"})";
  const auto& states = contacts_.states().at(1);
  EXPECT_EQ(JsonOf(changes), R"({"changes":[{"sequence":1,"type":"ContactCreated","contact":)" +
                                 ToJson(states.at(Sequence{1})) + made +
                                 R"(,{"sequence":2,"type":"ContactChanged","contact":)" +
                                 ToJson(states.at(Sequence{2})) + made +
                                 R"(],"next":"3","more":false,"view":")" +
                                 ViewName({.sees_all = true, .self = {}, .company = {}}) + "\"}");
  EXPECT_EQ(changes.at, Position{Sequence{3}});
  EXPECT_EQ(changes.parked, std::nullopt);
}

TEST_F(ChangesTest, WhatChangesNothingShownGivesNoEntry) {
  contacts_.Create(1, ContactType::kInternal);
  contacts_.Then(HoldPlaced{ContactId{1}});
  contacts_.Then(HoldLifted{ContactId{1}});
  contacts_.Then(Disclosed{ContactId{1}, "a recipient", Sequence{1}, Sequence{1}});
  contacts_.Then(SessionsEnded{UserId{"7"}});
  EXPECT_EQ(Told(admin_, 1), Lines{});
  EXPECT_EQ(Read(admin_, 1).next, Position{Sequence{5}});
}

TEST_F(ChangesTest, RemovedIsOnlyWhatTheCallerSaw) {
  contacts_.Create(1, ContactType::kInternal);
  contacts_.SetActive(1, false);
  contacts_.Rename(1, "Jo");
  contacts_.SetActive(1, true);
  contacts_.Set(1, [](ContactFields* fields) { fields->type = ContactType::kVendor; });
  contacts_.SetActive(1, false);
  EXPECT_EQ(Told(client_), (Lines{"1 ContactCreated contact", "2 ContactChanged removed 1",
                                  "4 ContactChanged contact", "5 ContactChanged removed 1"}));
  EXPECT_EQ(Told(admin_).size(), 6u);
}

TEST_F(ChangesTest, RemovedDoesNotSayWhoDidWhatTheCallerDoesNotSee) {
  contacts_.Create(1, ContactType::kInternal);
  contacts_.SetActive(1, false);
  EXPECT_EQ(Read(client_, 1).entries.at(0).json,
            R"({"sequence":2,"type":"ContactChanged","removed":1,"actor":null,"reason":null})");
}

// The type told an erasure apart from a contact that only left the view.
TEST_F(ChangesTest, RemovedDoesNotTellThoseWhoSeeAPartWhetherAPersonWasErased) {
  contacts_.Create(1, ContactType::kInternal);
  contacts_.Create(2, ContactType::kInternal);
  contacts_.Create(3, ContactType::kInternal);
  contacts_.SetActive(3, false);
  contacts_.SetActive(1, false);
  contacts_.Erase(2);
  contacts_.ErasePast(3);
  const Changes changes = Read(client_, 4);
  ASSERT_EQ(changes.entries.size(), 3u);
  for (const int64_t gone : {1, 2, 3}) {
    EXPECT_EQ(changes.entries.at(static_cast<size_t>(gone - 1)).json,
              R"({"sequence":)" + std::to_string(4 + gone) +
                  R"(,"type":"ContactChanged","removed":)" + std::to_string(gone) +
                  R"(,"actor":null,"reason":null})");
  }
  EXPECT_EQ(Told(admin_, 4), (Lines{"5 ContactChanged contact", "6 PersonErased removed 2",
                                    "7 PastErased contact"}));
}

TEST_F(ChangesTest, AnErasedPersonIsSteppedOverAndThenRemoved) {
  contacts_.Create(1, ContactType::kInternal);
  contacts_.Rename(1, "Jo");
  contacts_.Create(2, ContactType::kInternal);
  contacts_.Erase(1);
  EXPECT_EQ(Told(admin_), (Lines{"3 ContactCreated contact", "4 PersonErased removed 1"}));
  EXPECT_EQ(Told(client_, 1), (Lines{"3 ContactCreated contact", "4 ContactChanged removed 1"}));
  // This client's copy cannot hold the contact.
  EXPECT_EQ(Told(client_), (Lines{"3 ContactCreated contact"}));
  EXPECT_EQ(Told(admin_, 4), Lines{});
}

TEST_F(ChangesTest, WhoCannotHaveSeenAnErasedPersonIsNotTold) {
  contacts_.Create(99, ContactType::kClient, "Wey");
  contacts_.Create(1, ContactType::kClient, "Wey");
  contacts_.Create(2, ContactType::kInternal);
  contacts_.SetActive(2, false);
  contacts_.Create(3, ContactType::kInternal);
  contacts_.Set(3, [](ContactFields* fields) { fields->type = ContactType::kVendor; });
  const auto since = contacts_.head().value;
  contacts_.Erase(1);
  contacts_.Erase(2);
  contacts_.Erase(3);
  // Its company is not known any more, so who has one might have seen contact 1.
  EXPECT_EQ(Told(of_wey_, since), (Lines{"7 ContactChanged removed 1", "8 ContactChanged removed 2",
                                         "9 ContactChanged removed 3"}));
  EXPECT_EQ(Told(client_, since),
            (Lines{"8 ContactChanged removed 2", "9 ContactChanged removed 3"}));
}

TEST_F(ChangesTest, WhatWasNeverActiveIsNoLossToOthers) {
  contacts_.Create(99, ContactType::kClient, "Wey");
  contacts_.Then(ContactCreated{ContactId{1},
                                [] {
                                  ContactFields fields = testing::FieldsOf("Jo", "jo@example.org");
                                  fields.is_active = false;
                                  return fields;
                                }(),
                                std::nullopt});
  contacts_.Then(PersonErased{ContactId{1}, {}, Ground::kObjected});
  EXPECT_EQ(Told(of_wey_, 2), Lines{});
  EXPECT_EQ(Told(admin_, 2), (Lines{"3 PersonErased removed 1"}));
}

TEST_F(ChangesTest, ASecondErasureIsNoChange) {
  contacts_.Create(1, ContactType::kInternal);
  contacts_.Erase(1);
  contacts_.Then(PersonErased{ContactId{1}, {"7"}, Ground::kObjected});
  contacts_.Then(PersonErased{std::nullopt, {"8"}, Ground::kObjected});
  EXPECT_EQ(Told(admin_, 1), (Lines{"2 PersonErased removed 1"}));
}

TEST_F(ChangesTest, AnErasedPastIsOneEntryWithThePresent) {
  contacts_.Create(1, ContactType::kInternal);
  contacts_.Rename(1, "Jo");
  contacts_.SetActive(1, false);  // a record without anything sealed but its reason
  contacts_.SetActive(1, true);
  contacts_.ErasePast(1);
  contacts_.Rename(1, "Joan");
  const Lines told{"5 PastErased contact", "6 ContactChanged contact"};
  EXPECT_EQ(Told(admin_), told);
  EXPECT_EQ(Told(client_), told);
}

TEST_F(ChangesTest, WhoMightHaveSeenTheErasedPastOfWhatHeDoesNotSeeIsToldThatItIsGone) {
  contacts_.Create(1, ContactType::kInternal);
  contacts_.SetActive(1, false);
  contacts_.ErasePast(1);
  EXPECT_EQ(Told(client_, 1), (Lines{"3 ContactChanged removed 1"}));
  EXPECT_EQ(Told(client_), Lines{});
}

// Keys go a moment after the rows, so what is shown must not depend on them.
TEST_F(ChangesTest, WhatIsErasedIsNotShownWhileItsKeysAreStillThere) {
  contacts_.Create(1, ContactType::kInternal);
  contacts_.Create(2, ContactType::kInternal);
  contacts_.Rename(2, "Jo");
  contacts_.Then(PersonErased{ContactId{1}, {}, Ground::kObjected});
  const Contact& two = contacts_.now().at(2);
  contacts_.Then(PastErased{ContactId{2}, 1, two.fields, two.created_at, std::nullopt});
  EXPECT_EQ(Told(admin_), (Lines{"4 PersonErased removed 1", "5 PastErased contact"}));
}

TEST_F(ChangesTest, AnErasedActorHasNoName) {
  contacts_.Create(1, ContactType::kInternal);
  contacts_.Then(PersonErased{std::nullopt, {"7"}, Ground::kObjected});
  TestKeys().NoteErased(contacts_.tenant(), seal::LeafOfActor("7"));
  EXPECT_NE(Read(admin_).entries.at(0).json.find(R"("actor":{"id":"7","name":null})"),
            std::string::npos);
}

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
