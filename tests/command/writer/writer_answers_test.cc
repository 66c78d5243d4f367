// The answer to each caller, and when it comes: bounds, deadlines, answers that need no record
// of their own.
#include <gtest/gtest.h>

#include "tests/command/writer/driven_writer.h"

namespace contacts::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Bounds, OneCommandMoreThanTheBoundIsRefusedImmediately) {
  WriterOptions options;
  options.max_commands = 3;
  DrivenWriter driven(options);
  for (int i = 0; i < 2; ++i) driven.Ask(By(Contact("a" + std::to_string(i) + "@x.org")));
  driven.Advance();  // two are pending, one waits
  driven.Ask(By(Contact("b@x.org")));
  const size_t fourth = driven.Ask(By(Contact("c@x.org")));
  EXPECT_EQ(driven.CodeOf(fourth), ErrorCode::kTooManyRequests);
  EXPECT_EQ(driven.AnswerTo(fourth).error->retry_after_seconds, 1);
  EXPECT_EQ(driven.writer.unanswered(), 3u);
  Command other = By(Contact("d@x.org"));
  other.tenant = TenantId{"globex"};
  EXPECT_TRUE(driven.answers[driven.Ask(other)].empty());
}

TEST(Bounds, BytesAreBoundedAndFreedByAnswers) {
  WriterOptions options;
  options.max_bytes = 2000;
  DrivenWriter driven(options);
  const std::string large(1500, 'x');
  driven.Ask(By(Contact("a@x.org"), "", large));
  EXPECT_EQ(driven.CodeOf(driven.Ask(By(Contact("b@x.org"), "", large))),
            ErrorCode::kTooManyRequests);
  driven.LandAndReport(driven.Advance());
  driven.Read();
  driven.Advance();
  EXPECT_TRUE(driven.answers[driven.Ask(By(Contact("c@x.org"), "", large))].empty());
}

TEST(Deadline, WithTheClientsKeyTheOutcomeIsUnknownUnderThatKey) {
  DrivenWriter driven;
  driven.AskAndAdvance(By(Contact("a@x.org"), "k1"));
  driven.Pass(milliseconds(9999));
  driven.Advance();
  EXPECT_TRUE(driven.answers[0].empty());
  driven.Pass(milliseconds(1));
  driven.Advance();
  EXPECT_EQ(driven.CodeOf(0), ErrorCode::kUnknownOutcome);
  EXPECT_EQ(driven.AnswerTo(0).error->key, "k1");
  EXPECT_EQ(driven.AnswerTo(0).position, Sequence{0});
}

TEST(Deadline, WithoutAKeyTheOutcomeIsUnknownUnderOneThatNamesTheAttempt) {
  DrivenWriter driven;
  const auto out = driven.AskAndAdvance(By(Contact("a@x.org")));
  driven.Pass(seconds(10));
  driven.Advance();
  EXPECT_EQ(driven.CodeOf(0), ErrorCode::kUnknownOutcome);
  EXPECT_EQ(driven.AnswerTo(0).error->key,
            "attempt.1." + DrivenWriter::RecordOf(out.at(0)).envelope.id);
}

TEST(Deadline, WhenNothingWasSentNothingWasDone) {
  DrivenWriter driven;
  driven.Ask(By(Contact("a@x.org")));
  driven.Pass(seconds(10));
  EXPECT_TRUE(driven.Advance().empty());
  EXPECT_EQ(driven.CodeOf(0), ErrorCode::kUnavailable);
}

TEST(Deadline, TheRecordStaysPendingAndARetryWithItsKeyIsDoneOnce) {
  DrivenWriter driven;
  const auto out = driven.AskAndAdvance(By(Contact("a@x.org")));
  driven.Pass(seconds(10));
  driven.Advance();
  const size_t retry = driven.Ask(By(Contact("a@x.org"), driven.AnswerTo(0).error->key));
  EXPECT_TRUE(driven.Advance().empty());
  driven.LandAndReport(out);
  driven.Read();
  driven.Advance();
  EXPECT_EQ(driven.AnswerTo(retry).position, Sequence{1});
  EXPECT_EQ(driven.AnswerTo(retry).error, std::nullopt);
  EXPECT_EQ(driven.answers[0].size(), 1u);
  EXPECT_EQ(driven.given.State().model().contacts, 1);
}

TEST(Deadline, ARecordThatDiesAfterItIsNotDecidedAgain) {
  DrivenWriter driven;
  const auto out = driven.AskAndAdvance(By(Contact("a@x.org")));
  driven.Pass(seconds(10));
  driven.Advance();
  driven.OthersLand(By(Contact("b@x.org")));
  driven.LandAndReport(out);
  driven.Read();
  driven.Pass(seconds(1));
  EXPECT_TRUE(driven.Advance().empty());
  EXPECT_EQ(driven.writer.NextTimer(), std::nullopt);
}

TEST(AnswerWithoutARecord, WaitsForTheEndOfTheLogAsItWasAndForTheReadModelsToBeThere) {
  DrivenWriter driven;
  driven.OthersLand(By(Contact("a@x.org")));  // landed before the question, not read yet
  EXPECT_TRUE(driven.AskAndAdvance(By(ChangeUser{"root", "admin", false})).empty());
  EXPECT_TRUE(driven.answers[0].empty());  // the end is not known
  ASSERT_TRUE(driven.AnswerEnd());
  driven.Advance();
  EXPECT_TRUE(driven.answers[0].empty());  // the end is known, but not applied
  driven.Read();
  driven.Pass(seconds(1));
  driven.Advance();
  EXPECT_EQ(driven.CodeOf(0), ErrorCode::kNotFound);
  EXPECT_EQ(driven.AnswerTo(0).position, Sequence{1});
}

TEST(AnswerWithoutARecord, IsDecidedAgainWhenAnothersRecordMakesItUntrue) {
  DrivenWriter driven;
  driven.OthersLand(By(AddUser{"root", "admin"}));
  EXPECT_TRUE(driven.AskAndAdvance(By(ChangeUser{"root", "member", false})).empty());
  ASSERT_TRUE(driven.AnswerEnd());
  driven.Read();
  driven.Pass(seconds(1));
  const auto out = driven.Advance();
  ASSERT_EQ(out.size(), 1u);  // not 404, because the user exists now
  driven.LandAndReport(out);
  driven.Read();
  EXPECT_TRUE(std::holds_alternative<UserChanged>(driven.AnswerTo(0).event));
}

TEST(AnswerWithoutARecord, WaitsForThePendingRecordsThatItWasDecidedOn) {
  DrivenWriter driven;
  driven.Ask(By(Contact("a@x.org")));
  driven.Ask(By(Contact("A@x.org")));
  const auto out = driven.Advance();
  ASSERT_EQ(out.size(), 1u);
  ASSERT_TRUE(driven.AnswerEnd());
  driven.Advance();
  EXPECT_TRUE(driven.answers[1].empty());
  driven.LandAndReport(out);
  driven.Read();
  driven.Advance();
  EXPECT_EQ(driven.CodeOf(1), ErrorCode::kEmailTaken);
  EXPECT_EQ(driven.AnswerTo(1).position, Sequence{1});
}

TEST(AnswerWithoutARecord, AnEndAskedForBeforeTheCommandCameIsNotEnough) {
  DrivenWriter driven;
  driven.AskAndAdvance(By(ChangeUser{"root", "admin", false}));  // asks for the end
  driven.OthersLand(By(AddUser{"root", "admin"}));
  driven.AskAndAdvance(By(ChangeUser{"root", "member", false}));
  ASSERT_TRUE(driven.AnswerEnd());
  driven.Advance();
  EXPECT_EQ(driven.CodeOf(0), ErrorCode::kNotFound);
  EXPECT_TRUE(driven.answers[1].empty());
  driven.Read();
  driven.Pass(seconds(1));
  EXPECT_EQ(driven.Advance().size(), 1u);
}

TEST(AnswerWithoutARecord, AReplayIsTheFirstAnswer) {
  DrivenWriter driven;
  driven.given.Done(By(Contact("a@x.org"), "k1"));
  driven.writer.OnJudged({}, driven.given.position(), driven.now);
  EXPECT_TRUE(driven.AskAndAdvance(By(Contact("a@x.org"), "k1")).empty());
  ASSERT_TRUE(driven.AnswerEnd());
  driven.Advance();
  EXPECT_EQ(driven.AnswerTo(0).position, Sequence{1});
  EXPECT_EQ(std::get<ContactCreated>(driven.AnswerTo(0).event).id, ContactId{1});
}

// Trap 4: the record and the erasure of its person were read in one step, so the keys of both have
// gone before the record is answered.
TEST(AnswerOfARecord, IsWholeThoughItsKeyHasGoneMeanwhile) {
  DrivenWriter driven;
  const TenantId tenant{"leaving"};  // the keys of other tests stay
  const auto of_tenant = [&](Command command) {
    command.tenant = tenant;
    return command;
  };
  driven.Ask(of_tenant(By(Contact("gone@x.org"), "its key")));
  driven.Ask(of_tenant(By(ErasePerson{ContactId{1}, {}, Ground::kObjected})));
  driven.LandAndReport(driven.Advance());
  TestKeys().NoteErased(tenant, *seal::LeafOfContact(ContactId{1}));
  TestKeys().NoteErased(tenant, seal::LeafOfActor("7"));
  driven.Read();
  const Answer answer = driven.AnswerTo(0);
  ASSERT_TRUE(std::holds_alternative<ContactCreated>(answer.event));
  EXPECT_EQ(std::get<ContactCreated>(answer.event).fields.email, "gone@x.org");
  EXPECT_FALSE(driven.AnswerTo(1).error);
}

// A bug once: one start with a clock years ahead set the time of all later records of a tenant.
TEST(WrongClock, NoRecordIsMadeUntilItIsRight) {
  std::string fault;
  Timestamp asked;
  World world = FixedWorld(2);
  world.clock_fault = [&](Timestamp continued) {
    asked = continued;
    return fault;
  };
  DrivenWriter driven({}, world);
  const auto first = driven.AskAndAdvance(By(Contact("a@x.org")));
  EXPECT_EQ(asked, Timestamp{0});
  fault = "the clock is wrong";
  const size_t refused = driven.Ask(By(Contact("b@x.org")));
  EXPECT_TRUE(driven.Advance().empty());
  EXPECT_EQ(asked, kNow);  // the time of the pending record
  driven.LandAndReport(first);
  driven.Read();
  driven.AnswerEnd();
  driven.Advance();
  EXPECT_EQ(driven.AnswerTo(0).error, std::nullopt);  // it was made before
  EXPECT_EQ(driven.CodeOf(refused), ErrorCode::kUnavailable);
  EXPECT_EQ(driven.AnswerTo(refused).error->message, "the clock is wrong");
  fault.clear();
  EXPECT_EQ(driven.AskAndAdvance(By(Contact("b@x.org"))).size(), 1u);
}

// The first attempt may still win, so no answer may say that nothing was done.
TEST(WrongClock, ACommandInFlightIsNotReportedAsNotDone) {
  std::string fault;
  World world = FixedWorld(2);
  world.clock_fault = [&](Timestamp) { return fault; };
  DrivenWriter driven({}, world);
  const auto out = driven.AskAndAdvance(By(Contact("a@x.org")));
  fault = "the clock is wrong";
  driven.Report(out.at(0), Delivery::kRefused);
  driven.Advance();
  driven.AnswerEnd();
  driven.Advance();
  EXPECT_EQ(driven.CodeOf(0), ErrorCode::kUnknownOutcome);
}

TEST(Abandon, AnswersAllAsUnknownOrNotDone) {
  DrivenWriter driven;
  driven.AskAndAdvance(By(Contact("a@x.org")));
  driven.Ask(By(Contact("b@x.org"), "k1"));
  driven.Ask(By(Contact("c@x.org")));
  driven.writer.Abandon("the end");
  EXPECT_EQ(driven.CodeOf(0), ErrorCode::kUnknownOutcome);
  EXPECT_TRUE(driven.AnswerTo(0).error->key.starts_with("attempt.1."));
  EXPECT_TRUE(driven.AnswerTo(0).error->message.starts_with("the end; "));
  EXPECT_EQ(driven.AnswerTo(1).error->key, "k1");
  EXPECT_EQ(driven.CodeOf(2), ErrorCode::kUnavailable);
  EXPECT_EQ(driven.writer.unanswered(), 0u);
}

}  // namespace
}  // namespace contacts::testing
