// Keys that a 503 gave out: they name an attempt, and answer for it alone.
#include <gtest/gtest.h>

#include "command/idempotency.h"
#include "command/rules/decide.h"
#include "command/rules/origin.h"
#include "events/opening.h"
#include "events/record.h"
#include "tests/command/given.h"
#include "tests/support/keys.h"

namespace contacts::testing {
namespace {

TEST(AttemptKeys, AreWrittenAndRead) {
  const std::string key = AttemptKey({Sequence{42}}, "id-1");
  EXPECT_EQ(key, "attempt.42.id-1");
  const auto name = ParseAttemptKey(key);
  ASSERT_TRUE(name);
  EXPECT_EQ(name->position, Position{Sequence{42}});
  EXPECT_EQ(name->id, "id-1");
  const auto of_epoch_2 = ParseAttemptKey(AttemptKey({Sequence{42}, 2}, "id-1"));
  ASSERT_TRUE(of_epoch_2);
  EXPECT_EQ(of_epoch_2->position, (Position{Sequence{42}, 2}));
  EXPECT_EQ(of_epoch_2->id, "id-1");
}

TEST(AttemptKeys, OtherKeysNameNoAttempt) {
  for (const char* key : {"", "attempt.", "attempt", "attempt.5", "attempt.x.id", "attempt..id",
                          "attempt.0.id", "attempt.-1.id", "Attempt.5.id", " attempt.5.id",
                          "attempt.99999999999999999999.id", "attempt.5x.id"}) {
    EXPECT_FALSE(ParseAttemptKey(key)) << key;
  }
}

TEST(AttemptKeys, ReplayExactlyTheirRecordWhenItIsHistory) {
  Given given;
  given.Done(By(Contact("a@x.org")));
  const Command retry = By(Contact("a@x.org"), AttemptKey({Sequence{1}}, IdAt(given, 1)));
  EXPECT_EQ(ReplayedFrom(given.When(retry)), 1);
}

TEST(AttemptKeys, DecideAnewWhenAnotherRecordTookTheSlot) {
  Given given;
  given.Done(By(Contact("a@x.org")));
  const Command retry = By(Contact("b@x.org"), "attempt.1.018bcfe5-6800-7000-8000-0000000000ff");
  const Decision decision = given.When(retry);
  ASSERT_TRUE(std::holds_alternative<Event>(decision));
  EXPECT_EQ(std::get<ContactCreated>(std::get<Event>(decision)).id, ContactId{2});
}

TEST(AttemptKeys, DecideAnewWhileTheSlotIsFree) {
  const Command retry = By(Contact("b@x.org"), "attempt.7.018bcfe5-6800-7000-8000-0000000000ff");
  EXPECT_TRUE(std::holds_alternative<Event>(Given().When(retry)));
}

// Executed again, the command would be done twice for its client, who may have got the answer.
TEST(AttemptKeys, OfALostPartAreRefused) {
  Given given;
  given.Done(By(Contact("a@x.org")));
  const auto expect_lost = [&](const std::string& position) {
    const Decision decision =
        given.When(By(Contact("b@x.org"), "attempt." + position + ".018bcfe5-0000-7000-8000-1"));
    ASSERT_TRUE(std::holds_alternative<Error>(decision)) << position;
    EXPECT_EQ(std::get<Error>(decision).code, ErrorCode::kGone);
    EXPECT_EQ(std::get<Error>(decision).code_name, "unknownPosition");
    EXPECT_FALSE(RecordedEvent(decision, By(Contact("b@x.org"), "k")));
  };
  given.Land(std::string(kOpeningKey),
             EncodeOpening({"log-1", 0, 1, kLogFormat, WrittenEpoch(2)}, "1", kNow));
  expect_lost("2");
  given.Done(By(Contact("c@x.org")));
  expect_lost("2");
  EXPECT_TRUE(std::holds_alternative<Event>(
      given.When(By(Contact("b@x.org"), "attempt.2.2.018bcfe5-0000-7000-8000-1"))));
  EXPECT_TRUE(std::holds_alternative<Event>(
      given.When(By(Contact("b@x.org"), "attempt.1.018bcfe5-0000-7000-8000-1"))));
}

// Such a retry got 503 for ever, because the keys of the first answer were not at hand.
TEST(AttemptKeys, OfAnErasedMonthAreGone) {
  Given given;
  given.Done(By(AddUser{"jo", "admin"}, "of a client"));
  const Command retry = By(AddUser{"jo", "admin"}, AttemptKey({Sequence{1}}, IdAt(given, 1)));
  ASSERT_EQ(ReplayedFrom(given.When(retry)), 1);
  TenantState pending = given.State();
  const Command months = By(AllMonths());
  pending.Apply(
      MakeRecord(pending, months, *RecordedEvent(Decide(pending, months), months), FixedWorld(9)),
      Hash{});
  EXPECT_EQ(CodeOf(Decide(pending, retry)), ErrorCode::kGone);
  given.Done(months);
  EXPECT_EQ(CodeOf(given.When(retry)), ErrorCode::kGone);
}

// The other one got 503 for ever, because the keys of the erased one's answer were not at hand.
TEST(AttemptKeys, AnotherActorCannotUseThoseOfAnErasedOne) {
  Given given;
  Command first = By(Contact("a@x.org"), "of a client");
  first.actor = "ext:3";
  given.Done(first);
  given.Done(By(ErasePerson{{}, {"ext:3"}, Ground::kObjected}));
  const Command retry = By(Contact("a@x.org"), AttemptKey({Sequence{1}}, IdAt(given, 1)));
  EXPECT_EQ(CodeOf(given.When(retry)), ErrorCode::kKeyReused);
}

TEST(AttemptKeys, AnotherActorCannotUseThem) {
  Given given;
  given.Done(By(Contact("a@x.org")));
  Command retry = By(Contact("a@x.org"), AttemptKey({Sequence{1}}, IdAt(given, 1)));
  retry.actor = "8";
  EXPECT_EQ(CodeOf(given.When(retry)), ErrorCode::kKeyReused);
}

// A bug once: another request with the key got the answer of the first one; a request of another
// kind got 500.
TEST(AttemptKeys, AnotherRequestIsRefused) {
  Given given;
  given.Done(By(Contact("a@x.org")));
  const std::string key = AttemptKey({Sequence{1}}, IdAt(given, 1));
  EXPECT_EQ(CodeOf(given.When(By(Contact("b@x.org"), key))), ErrorCode::kKeyReused);
  EXPECT_EQ(CodeOf(given.When(By(Contact("a@x.org", /*can_login=*/true), key))),
            ErrorCode::kKeyReused);
  EXPECT_EQ(CodeOf(given.When(By(AddUser{"root", "admin"}, key))), ErrorCode::kKeyReused);
  EXPECT_EQ(ReplayedFrom(given.When(By(Contact("a@x.org"), key))), 1);
}

// A caller can read in the audit the id of a record that has a client's key.
TEST(AttemptKeys, ARecordWithAClientsKeyAnswersOnlyItsRequest) {
  Given given;
  given.Done(By(Contact("a@x.org"), "k1", "one"));
  const std::string key = AttemptKey({Sequence{1}}, IdAt(given, 1));
  EXPECT_EQ(CodeOf(given.When(By(Contact("a@x.org"), key, "two"))), ErrorCode::kKeyReused);
  EXPECT_EQ(ReplayedFrom(given.When(By(Contact("a@x.org"), key, "one"))), 1);
}

TEST(AttemptKeys, EachIntentAnswersOnlyForItsEvent) {
  Given given;
  given.Done(By(AddUser{"root", "admin"}));
  const UserId root{"1"};
  const Invitation link{Sha256("link"), kNow};
  const ChainDisowned disowned{Sha256("lost"), Sequence{3}, Sequence{5}, 3};
  const CommandRefused refused{"AddUser", ErrorCode::kForbidden, "no", 0};
  const TokenIssued issued{"t1", "feed", TokenScope::kRead, std::nullopt, Sha256("t1")};
  ContactCreated created;
  created.fields = Contact("a@x.org").fields;
  ContactChanged title{ContactId{1}, {}, {}, {}};
  title.before.title.emplace("CEO");
  title.after.title.emplace("CTO");
  const std::vector<std::pair<Event, std::vector<Intent>>> made = {
      {created, {Contact("a@x.org"), Contact("b@x.org"), Contact("a@x.org", true)}},
      {title,
       {ChangeContact{ContactId{1}, title.after, {}}, ChangeContact{ContactId{2}, title.after, {}},
        ChangeContact{ContactId{1}, title.before, {}}, ChangeContact{ContactId{1}, {}, {}}}},
      {UserAdded{root, "root", "admin", {}}, {AddUser{"Root", "admin"}, AddUser{"root", "member"}}},
      {UserChanged{root, {"admin", false}, {"admin", true}},
       {ChangeUser{"root", {}, true}, ChangeUser{"root", {}, false}, ChangeUser{"root", "x", true},
        ChangeUser{"joe", {}, true}}},
      {PasswordSet{root, "c1"}, {SetPassword{"root", "c1"}, SetPassword{"root", "c2"}}},
      {PasswordSet{root, "c1"},
       {ActivateAccount{{root, link.hash, kNow}, "c1"}, ActivateAccount{{root, {}, kNow}, "c2"}}},
      {SessionsEnded{root}, {EndSessions{"root"}, EndSessions{"joe"}}},
      {InvitationIssued{root, link.hash, kNow},
       {IssueInvitation{root, link.hash, kNow}, IssueInvitation{root, Sha256("other"), kNow}}},
      {issued,
       {IssueToken{"t1", "feed", TokenScope::kRead, {}, Sha256("t1")},
        IssueToken{"t2", "feed", TokenScope::kRead, {}, Sha256("t2")}}},
      {TokenRevoked{"t1", "feed"}, {RevokeToken{"feed"}, RevokeToken{"other"}}},
      {TenantLimited{5}, {LimitTenant{5}, LimitTenant{6}}},
      {disowned, {DisownChain{Sha256("lost")}, DisownChain{Sha256("other")}}},
      {PersonErased{ContactId{1}, {"1", "ext:u"}, Ground::kObjected},
       {ErasePerson{ContactId{1}, {"ext:u"}, Ground::kObjected},
        ErasePerson{ContactId{1}, {"ext:v"}, Ground::kObjected},
        ErasePerson{ContactId{1}, {}, Ground::kUnlawful},
        ErasePerson{std::nullopt, {"ext:u"}, Ground::kObjected}}},
      {PastErased{ContactId{1}, 1, {}, {}, {}}, {ErasePast{ContactId{1}}, ErasePast{ContactId{2}}}},
      {MonthErased{"2025-01"}, {EraseMonths{"2025-01", kNow}, EraseMonths{"2025-02", kNow}}},
      {HoldPlaced{ContactId{1}}, {PlaceHold{ContactId{1}}, PlaceHold{ContactId{2}}}},
      {HoldLifted{ContactId{1}}, {LiftHold{ContactId{1}}, LiftHold{ContactId{2}}}},
      {Disclosed{ContactId{1}, "r", Sequence{1}, Sequence{2}},
       {NoteDisclosure{ContactId{1}, "r", Sequence{1}, Sequence{2}},
        NoteDisclosure{ContactId{1}, "s", Sequence{1}, Sequence{2}},
        NoteDisclosure{std::nullopt, "r", Sequence{1}, Sequence{2}}}},
      {refused, {NoteRefusal{refused}, NoteRefusal{{"Other", ErrorCode::kForbidden, "no", 0}}}},
      // The record that replaces a refused one says only the kind of the command.
      {CommandRefused{"AddUser", ErrorCode::kUnavailable, "full", 0},
       {AddUser{"root", "admin"}, Contact("a@x.org")}}};
  for (const auto& [event, intents] : made) {
    for (size_t i = 0; i < intents.size(); ++i) {
      EXPECT_EQ(IsEventOf(event, intents[i], given.State()), i == 0)
          << "event " << event.index() << ", intent " << i;
    }
    EXPECT_FALSE(IsEventOf(event, EndSessions{"nobody"}, given.State())) << event.index();
  }
}

TEST(AttemptKeys, ARetryThatWasDoneIsRememberedUnderTheKey) {
  Given given;
  given.Done(By(Contact("a@x.org")));
  const Command retry = By(Contact("b@x.org"), "attempt.1.018bcfe5-6800-7000-8000-0000000000ff");
  given.Done(retry);
  EXPECT_EQ(ReplayedFrom(given.When(retry)), 2);
}

}  // namespace
}  // namespace contacts::testing
