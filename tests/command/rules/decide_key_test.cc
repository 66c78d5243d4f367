// Repeated commands: the first answer to a key, and reused keys.
#include <gtest/gtest.h>

#include "command/idempotency.h"
#include "command/rules/decide.h"
#include "events/record.h"
#include "tests/command/given.h"
#include "tests/support/keys.h"

namespace contacts::testing {
namespace {

TEST(Key, ARepeatedRequestGetsTheFirstAnswer) {
  Given given;
  given.Done(By(Contact("a@x.org"), "k1")).Done(By(Contact("b@x.org")));
  EXPECT_EQ(ReplayedFrom(given.When(By(Contact("a@x.org"), "k1"))), 1);
}

// The reason is not part of the request that is compared: a retry gets its answer, and history
// keeps the first reason.
TEST(Key, ARepeatWithAnotherReasonKeepsTheFirst) {
  Given given;
  Command first = By(Contact("a@x.org"), "k1");
  first.reason.emplace("asked by phone");
  given.Done(first);
  Command again = first;
  again.reason.emplace("asked by mail");
  const Decision decision = given.When(again);
  EXPECT_EQ(ReplayedFrom(decision), 1);
  EXPECT_EQ(std::get<Replayed>(decision).record.envelope.reason.value_or(""), "asked by phone");
}

TEST(Key, AnotherRequestIsRefused) {
  Given given;
  given.Done(By(Contact("a@x.org"), "k1", "one"));
  const Decision decision = given.When(By(Contact("a@x.org"), "k1", "two"));
  ASSERT_TRUE(std::holds_alternative<Error>(decision));
  EXPECT_EQ(std::get<Error>(decision),
            (Error{ErrorCode::kKeyReused,
                   "this Idempotency-Key was used for another request. The bytes of the body are "
                   "compared, so the order of members and white space count. To try again, send "
                   "exactly the same bytes; for a new request, take a new key"}));
}

TEST(Key, AnotherActorsKeyIsAnother) {
  Given given;
  given.Done(By(Contact("a@x.org"), "k1", "one"));
  Command other = By(Contact("b@x.org"), "k1", "two");
  // The user 7 of another application is not our user 7.
  for (const char* actor : {"8", "ext:7", "token:7", "operator:7"}) {
    other.actor = actor;
    EXPECT_TRUE(std::holds_alternative<Event>(given.When(other))) << actor;
  }
}

TEST(Key, AKeyInHistoryWithoutAKeyOfItsHashIsReused) {
  Given given;
  Command first = By(Contact("a@x.org"));
  const Decision decision = given.When(first);
  Record record = MakeRecord(given.State(), first, std::get<Event>(decision), FixedWorld());
  record.envelope.idempotencykey = "k1";
  record.envelope.requesthash.emplace("of a request");
  ASSERT_EQ(given.Land("acme", EncodeRecord(record)).verdict, Judged::Verdict::kHistory);
  EXPECT_EQ(CodeOf(given.When(By(Contact("a@x.org"), "k1"))), ErrorCode::kKeyReused);
}

TEST(Key, RefusalsOfKeyedCommandsAreRemembered) {
  const std::pair<ErrorCode, bool> codes[] = {
      {ErrorCode::kNotFound, true},           {ErrorCode::kConflict, true},
      {ErrorCode::kEmailTaken, true},         {ErrorCode::kUserNameTaken, true},
      {ErrorCode::kPreconditionFailed, true}, {ErrorCode::kBadRequest, false},
      {ErrorCode::kForbidden, false},         {ErrorCode::kKeyReused, false},
      {ErrorCode::kTooManyRequests, false},   {ErrorCode::kUnavailable, false}};
  const Command command = By(AddUser{"root", "admin"}, "k1");
  for (const auto& [code, remembered] : codes) {
    const std::optional<Event> event = RecordedEvent(Error{code, "why"}, command);
    ASSERT_EQ(event.has_value(), remembered) << static_cast<int>(code);
    if (event) {
      EXPECT_EQ(*event, Event(CommandRefused{"AddUser", code, "why", 0}));
    }
  }
}

TEST(Key, ARememberedRefusalStaysThoughItWouldNotBeRefusedNow) {
  Given given;
  given.Done(By(ChangeUser{"root", "admin", false}, "k1"));
  given.Done(By(AddUser{"root", "member"}));
  const Decision decision = given.When(By(ChangeUser{"root", "admin", false}, "k1"));
  ASSERT_EQ(ReplayedFrom(decision), 1);
  const Answer answer = AnswerOf(std::get<Replayed>(decision).record);
  EXPECT_EQ(answer.error, (Error{ErrorCode::kNotFound, "there is no user of this name"}));
}

TEST(Key, NothingChangedIsRememberedForAKeyedCommand) {
  Given given;
  given.Done(By(AddUser{"root", "admin"}));
  const Command same = By(ChangeUser{"root", "admin", false}, "k1");
  const std::optional<Event> event = RecordedEvent(given.When(same), same);
  EXPECT_EQ(event, Event(NothingChanged{"ChangeUser", std::nullopt, UserId{"1"}}));
  given.Done(same).Done(By(ChangeUser{"root", "member", std::nullopt}));
  EXPECT_EQ(ReplayedFrom(given.When(same)), 2);
}

TEST(Key, AReplayMakesNoRecord) {
  EXPECT_EQ(RecordedEvent(Replayed{}, By(Contact("a@x.org"), "k1")), std::nullopt);
}

TEST(RequestHash, IsTheHmacUnderTheRecordsOwnKey) {
  // printf body | openssl dgst -sha256 -hmac 00ff
  EXPECT_EQ(RequestHash("00ff", "body"),
            "dae8e7d65a45820a42fd5887fb6f6980e4ad264cb564c86b561b0148bc381a5e");
  EXPECT_NE(RequestHash("00ff", "body"), RequestHash("00fe", "body"));
  EXPECT_NE(RequestHash("00ff", "body"), RequestHash("00ff", "bodY"));
}

}  // namespace
}  // namespace contacts::testing
