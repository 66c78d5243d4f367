// Given a history, when a client asks what changed, then these entries come.
#include "query/changes.h"

#include <gtest/gtest.h>

#include <vector>

#include "query/contact_steps.h"
#include "tests/query/changes_fixture.h"

namespace contacts::query {
namespace {

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

}  // namespace
}  // namespace contacts::query
