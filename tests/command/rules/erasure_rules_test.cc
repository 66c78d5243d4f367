// Every business rule of erasures, holds and disclosures: given a history, when a command comes,
// then this is decided.
#include <gtest/gtest.h>

#include "command/idempotency.h"
#include "command/rules/decide.h"
#include "tests/command/given.h"
#include "tests/command/rules/decided.h"

namespace contacts::testing {
namespace {

constexpr ContactId kJane{1};
constexpr ContactId kJohn{2};
using Actors = std::vector<std::string>;

Command Erase(ContactId contact, Actors actors = {}, const std::string& key = {}) {
  return By(ErasePerson{contact, std::move(actors), Ground::kConsentWithdrawn}, key);
}
Command EraseActors(Actors actors) {
  return By(ErasePerson{std::nullopt, std::move(actors), Ground::kUnlawful});
}
Error HeldError(int contact) {
  return {ErrorCode::kConflict,
          "contact " + std::to_string(contact) +
              " is under legal hold; lift the hold before anything of it is erased"};
}
Error ErasedError(int contact, int at) {
  Error error{ErrorCode::kGone, "contact " + std::to_string(contact) + " was erased at position " +
                                    std::to_string(at)};
  error.code_name = "erased";
  return error;
}
Error NoContactError(int contact) {
  return {ErrorCode::kNotFound, "there is no contact " + std::to_string(contact)};
}

// Contact 1 with its user 1, contact 2 without one, and user 2, the admin.
class ErasureRule : public ::testing::Test {
 protected:
  ErasureRule() {
    given_.Done(By(Contact("jane@x.org", /*can_login=*/true)))
        .Done(By(Contact("john@x.org")))
        .Done(By(AddUser{"root", "admin"}));
  }
  Given given_;
};

TEST_F(ErasureRule, AContactIsErasedWithItsAccount) {
  EXPECT_EQ(EventOf<PersonErased>(given_.When(Erase(kJane))),
            (PersonErased{kJane, {"1"}, Ground::kConsentWithdrawn}));
  EXPECT_EQ(EventOf<PersonErased>(given_.When(Erase(kJohn))),
            (PersonErased{kJohn, {}, Ground::kConsentWithdrawn}));
}

TEST_F(ErasureRule, NamedActorsAreErasedWithIt) {
  EXPECT_EQ(EventOf<PersonErased>(given_.When(Erase(kJohn, {"operator:jo", "ext:u", "ext:u"}))),
            (PersonErased{kJohn, {"ext:u", "operator:jo"}, Ground::kConsentWithdrawn}));
}

TEST_F(ErasureRule, ActorsCanBeErasedAlone) {
  EXPECT_EQ(EventOf<PersonErased>(given_.When(EraseActors({"operator:jo", "2"}))),
            (PersonErased{std::nullopt, {"2", "operator:jo"}, Ground::kUnlawful}));
}

TEST_F(ErasureRule, SomebodyMustBeNamedWhoIsThere) {
  EXPECT_EQ(ErrorOf(given_.When(Erase(ContactId{3}))), NoContactError(3));
  EXPECT_EQ(ErrorOf(given_.When(EraseActors({"3"}))),
            (Error{ErrorCode::kNotFound, "there is no user 3"}))
      << "the id will be another person's";
  EXPECT_EQ(ErrorOf(given_.When(EraseActors({}))).code, ErrorCode::kConflict);
}

TEST_F(ErasureRule, ATokenIsRevokedInstead) {
  EXPECT_EQ(ErrorOf(given_.When(EraseActors({"token:t1"}))),
            (Error{ErrorCode::kConflict,
                   "token:t1 is a machine's token and no person; revoke it instead"}));
}

TEST_F(ErasureRule, ASecondErasureGetsTheFirstPosition) {
  given_.Done(Erase(kJane));
  for (const Command& again : {Erase(kJane), Erase(kJane, {"1"}), EraseActors({"1"})}) {
    const Decision decision = given_.When(again);
    ASSERT_TRUE(std::holds_alternative<Replayed>(decision));
    const Answer answer = AnswerOf(std::get<Replayed>(decision).record);
    EXPECT_EQ(answer.error, std::nullopt);
    EXPECT_EQ(answer.position, Sequence{4});
    EXPECT_EQ(RecordedEvent(decision, Erase(kJane, {}, "a key")), std::nullopt);
  }
}

TEST_F(ErasureRule, AnActorThatShowsUpLaterIsErasedToo) {
  given_.Done(Erase(kJane));
  EXPECT_EQ(EventOf<PersonErased>(given_.When(Erase(kJane, {"1", "operator:jane"}))),
            (PersonErased{kJane, {"operator:jane"}, Ground::kConsentWithdrawn}));
}

TEST_F(ErasureRule, ItsOwnKeyRepeatsItsAnswer) {
  given_.Done(Erase(kJane, {}, "key"));
  const Decision again = given_.When(Erase(kJane, {}, "key"));
  ASSERT_TRUE(std::holds_alternative<Replayed>(again));
  EXPECT_EQ(AnswerOf(std::get<Replayed>(again).record).position, Sequence{4});
}

TEST_F(ErasureRule, AHoldForbidsAllErasures) {
  given_.Done(By(PlaceHold{kJane}));
  EXPECT_EQ(ErrorOf(given_.When(Erase(kJane))), HeldError(1));
  EXPECT_EQ(ErrorOf(given_.When(By(ErasePast{kJane}))), HeldError(1));
  EXPECT_EQ(ErrorOf(given_.When(EraseActors({"1"}))), HeldError(1)) << "it is her account";
  EXPECT_EQ(ErrorOf(given_.When(Erase(kJohn, {"1"}))), HeldError(1));
  EventOf<PersonErased>(given_.When(Erase(kJohn)));
  given_.Done(By(LiftHold{kJane}));
  EventOf<PersonErased>(given_.When(Erase(kJane)));
}

TEST_F(ErasureRule, AHoldIsPlacedAndLiftedOnce) {
  const NothingChanged placed{PlaceHold::kName, kJane, std::nullopt};
  const NothingChanged lifted{LiftHold::kName, kJane, std::nullopt};
  EXPECT_EQ(std::get<NothingChanged>(given_.When(By(LiftHold{kJane}))), lifted);
  EXPECT_EQ(EventOf<HoldPlaced>(given_.When(By(PlaceHold{kJane}))), HoldPlaced{kJane});
  given_.Done(By(PlaceHold{kJane}));
  EXPECT_EQ(std::get<NothingChanged>(given_.When(By(PlaceHold{kJane}))), placed);
  EXPECT_EQ(EventOf<HoldLifted>(given_.When(By(LiftHold{kJane}))), HoldLifted{kJane});
  EXPECT_EQ(ErrorOf(given_.When(By(PlaceHold{ContactId{9}}))), NoContactError(9));
  EXPECT_EQ(ErrorOf(given_.When(By(LiftHold{ContactId{9}}))), NoContactError(9));
}

TEST_F(ErasureRule, APastIsErasedWithTheWholePresent) {
  PastErased expected{kJane, 1, Contact("jane@x.org").fields, kNow, {}};
  expected.account = Account{UserId{"1"}, "jane@x.org", "member"};
  EXPECT_EQ(EventOf<PastErased>(given_.When(By(ErasePast{kJane}))), expected);
  given_.Done(By(ErasePast{kJane}));
  expected.generation = 2;
  EXPECT_EQ(EventOf<PastErased>(given_.When(By(ErasePast{kJane}))), expected);
  EXPECT_EQ(EventOf<PastErased>(given_.When(By(ErasePast{kJohn}))).account, std::nullopt);
}

TEST_F(ErasureRule, AnErasedContactIsGone) {
  given_.Done(Erase(kJane));
  EXPECT_EQ(ErrorOf(given_.When(By(ErasePast{kJane}))), ErasedError(1, 4));
  EXPECT_EQ(ErrorOf(given_.When(By(PlaceHold{kJane}))), ErasedError(1, 4));
  EXPECT_EQ(ErrorOf(given_.When(By(NoteDisclosure{kJane, "an auditor", {}, {}}))),
            ErasedError(1, 4));
  EXPECT_EQ(RecordedEvent(given_.When(By(ErasePast{kJane})), By(ErasePast{kJane}, "key")),
            std::nullopt)
      << "410 is never remembered";
}

TEST_F(ErasureRule, UserEventsOfAnErasedUserAreRefused) {
  given_.Done(Erase(kJane));
  for (const Intent& intent :
       {Intent(SetPassword{"jane@x.org", "credential"}), Intent(EndSessions{"jane@x.org"}),
        Intent(ChangeUser{"jane@x.org", "admin", {}}),
        Intent(IssueInvitation{UserId{"1"}, Sha256("link"), kNow})}) {
    EXPECT_EQ(ErrorOf(given_.When(By(intent))).code, ErrorCode::kNotFound);
  }
}

TEST_F(ErasureRule, ItsEmailIsFreeAndItsIdsAreNot) {
  given_.Done(Erase(kJane));
  const auto again =
      EventOf<ContactCreated>(given_.When(By(Contact("jane@x.org", /*can_login=*/true))));
  EXPECT_EQ(again.id, ContactId{3});
  EXPECT_EQ(again.account, (Account{UserId{"3"}, "jane@x.org", "member"}));
}

// Trap 5: the session of an erased actor, whose command is on its way.
TEST_F(ErasureRule, ACommandOfAnErasedActorIsRefusedAndNotRecorded) {
  given_.Done(EraseActors({"2"}));
  Command late = By(Contact("late@x.org"), "key");
  late.actor = "2";
  const Decision decision = given_.When(late);
  EXPECT_EQ(ErrorOf(decision).code, ErrorCode::kUnauthenticated);
  EXPECT_EQ(RecordedEvent(decision, late), std::nullopt);
}

TEST_F(ErasureRule, PendingErasuresCountToo) {
  TenantState state = given_.State();
  const auto pend = [&](const Command& command) {
    const auto event = RecordedEvent(Decide(state, command), command);
    const Record record = MakeRecord(state, command, event.value(), FixedWorld(50));
    state.Apply(record, Sha256(EncodeRecord(record)));
  };
  pend(By(Contact("new@x.org", /*can_login=*/true)));
  EXPECT_EQ(EventOf<PersonErased>(Decide(state, Erase(ContactId{3}))).actors, Actors{"3"});
  pend(By(PlaceHold{ContactId{3}}));
  EXPECT_EQ(ErrorOf(Decide(state, EraseActors({"3"}))), HeldError(3));
  pend(By(LiftHold{ContactId{3}}));
  pend(Erase(ContactId{3}));
  EXPECT_EQ(state.model().contacts, 2);
  EXPECT_EQ(state.model().users, 2);
  EXPECT_TRUE(std::holds_alternative<Replayed>(Decide(state, Erase(ContactId{3}))));
  EXPECT_EQ(ErrorOf(Decide(state, By(ErasePast{ContactId{3}}))).code, ErrorCode::kGone);
  Command late = By(Contact("late@x.org"));
  late.actor = "3";
  EXPECT_EQ(ErrorOf(Decide(state, late)).code, ErrorCode::kUnauthenticated);
  EXPECT_EQ(EventOf<ContactCreated>(Decide(state, By(Contact("new@x.org")))).id, ContactId{4});
}

// Whatever bytes come: the key of the first request's hash went with the person.
TEST_F(ErasureRule, AKeyWhoseFirstRequestCannotBeOpenedIsGone) {
  TenantState state = given_.State();
  const Command create = By(Contact("new@x.org"), "key", "body");
  Record record =
      MakeRecord(state, create, *RecordedEvent(Decide(state, create), create), FixedWorld(50));
  const Hash hash = Sha256(EncodeRecord(record));
  record.data_withheld = true;
  record.requestkey.reset();
  state.Apply(record, hash);
  const std::string attempt = AttemptKey({record.envelope.sequence}, record.envelope.id);
  for (const Command& again : {create, By(Contact("other@x.org"), "key", "other"),
                               By(Contact("new@x.org"), attempt, "body")}) {
    const Decision decision = Decide(state, again);
    EXPECT_EQ(ErrorOf(decision).code, ErrorCode::kGone);
    EXPECT_EQ(ErrorOf(decision).code_name, "erased");
    EXPECT_EQ(RecordedEvent(decision, again), std::nullopt);
  }
}

TEST_F(ErasureRule, MonthsAreErasedOnceTheyAreOver) {
  const auto erase = [&](const std::string& before) {
    return given_.When(By(EraseMonths{before, *ParseTimestamp("2025-11-24T16:00:00.000Z")}));
  };
  EXPECT_EQ(EventOf<MonthErased>(erase("2025-11")), MonthErased{"2025-11"});
  EXPECT_EQ(ErrorOf(erase("2025-12")).code, ErrorCode::kConflict);
  EXPECT_EQ(ErrorOf(erase("2025-1")).code, ErrorCode::kConflict);
  given_.Done(By(EraseMonths{"2025-06", *ParseTimestamp("2025-11-24T16:00:00.000Z")}));
  EXPECT_TRUE(std::holds_alternative<NothingChanged>(erase("2025-06")));
  EXPECT_TRUE(std::holds_alternative<NothingChanged>(erase("2025-05")));
  EXPECT_EQ(EventOf<MonthErased>(erase("2025-07")), MonthErased{"2025-07"});
}

TEST_F(ErasureRule, ADisclosureIsNotedForAContactThatIsThere) {
  const NoteDisclosure note{kJane, "an auditor", Sequence{1}, Sequence{3}};
  EXPECT_EQ(EventOf<Disclosed>(given_.When(By(note))),
            (Disclosed{kJane, "an auditor", Sequence{1}, Sequence{3}}));
  EXPECT_EQ(ErrorOf(given_.When(By(NoteDisclosure{ContactId{9}, "an auditor", {}, {}}))),
            NoContactError(9));
  EventOf<Disclosed>(given_.When(By(NoteDisclosure{std::nullopt, "an auditor", {}, {}})));
}

}  // namespace
}  // namespace contacts::testing
