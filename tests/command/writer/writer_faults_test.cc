// Records that the log, a reader or a store does not take: what becomes of them, and of those
// behind them.
#include <gtest/gtest.h>

#include "command/writer/writer.h"
#include "tests/command/writer/driven_writer.h"
#include "tests/support/failing_store.h"

namespace contacts::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Unreadable, ARecordThatNoReaderWouldTakeIsNotHandedOverAndFailsAlone) {
  DrivenWriter driven;
  Command unreadable = By(Contact(NumberedEmail(1)));
  unreadable.traceparent.emplace("01-\xff");
  const size_t failed = driven.Ask(unreadable);
  const size_t next = driven.Ask(By(Contact(NumberedEmail(2))));
  const std::vector<Outgoing> out = driven.Advance();
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(DrivenWriter::RecordOf(out[0]).envelope.sequence, Sequence{1});
  driven.LandAndReport(out);
  driven.Read();
  ASSERT_TRUE(driven.AnswerEnd());
  driven.Advance();
  EXPECT_EQ(driven.CodeOf(failed), ErrorCode::kInternal);
  EXPECT_EQ(IdOf(driven.AnswerTo(next)), ContactId{1});
}

// An entry that is read back as foreign would be foreign the next time, too.
TEST(Unreadable, AnOwnEntryThatIsReadBackAsForeignIsGivenUp) {
  DrivenWriter driven;
  const std::vector<Outgoing> out = AskMany(driven, 3);
  for (const Outgoing& entry : out) {
    driven.Report(entry, Delivery::kStored, driven.Land({entry.token, entry.key, "no record"}));
  }
  driven.Read();
  EXPECT_TRUE(driven.Advance().empty());
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(driven.CodeOf(i), ErrorCode::kInternal);
  EXPECT_EQ(driven.writer.unanswered(), 0u);

  // The tenant goes on.
  const std::vector<Outgoing> next = driven.AskAndAdvance(By(Contact(NumberedEmail(4))));
  ASSERT_EQ(next.size(), 1u);
  driven.LandAndReport(next);
  driven.Read();
  EXPECT_EQ(IdOf(driven.AnswerTo(3)), ContactId{1});
}

TEST(Unreadable, OneThatIsReadBeforeItsReportIsGivenUpAtTheReport) {
  DrivenWriter driven;
  const std::vector<Outgoing> out = AskMany(driven, 2);
  const Offset first = driven.Land({out[0].token, out[0].key, "no record"});
  const Offset second = driven.Land(out[1]);
  driven.Read();
  EXPECT_TRUE(driven.Advance().empty());
  driven.Report(out[0], Delivery::kStored, first);
  driven.Report(out[1], Delivery::kStored, second);
  const std::vector<Outgoing> again = driven.Advance();  // the second is decided without the first
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(driven.CodeOf(0), ErrorCode::kInternal);
  driven.LandAndReport(again);
  driven.Read();
  EXPECT_EQ(IdOf(driven.AnswerTo(1)), ContactId{1});
}

// A bug once: a command whose decision met a failing store was lost without an answer.
TEST(StoreFails, TheCommandThatWasBeingDecidedIsAnsweredWithTheOthers) {
  FailingStore views;
  const ViewLookup lookup(views);
  Writer writer(lookup, TestKeys(), {}, FixedWorld());
  std::vector<Answer> answers;
  for (int i = 0; i < 3; ++i) {
    Command command = By(Contact(NumberedEmail(i)), i == 1 ? "key" : "");
    writer.Submit(
        command, [&](Answer answer) { answers.push_back(std::move(answer)); }, Instant{});
  }
  views.fails = true;
  EXPECT_THROW(writer.Advance(Instant{}), StoreFailure);
  EXPECT_TRUE(answers.empty());
  writer.Abandon("the read models cannot be used");
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[0].error->code, ErrorCode::kUnavailable);
  EXPECT_EQ(answers[1].error->code, ErrorCode::kUnknownOutcome);
  EXPECT_EQ(answers[1].error->key, "key");
}

TEST(Denied, SetsTheFaultAndALaterStoredClearsIt) {
  WriterOptions options;
  options.deadline = seconds(1000);
  DrivenWriter driven(options);
  const std::vector<Outgoing> out = AskMany(driven, 1);
  driven.Report(out[0], Delivery::kDenied);
  EXPECT_EQ(driven.writer.fault(), "the log takes no records now: as the test has it");
  EXPECT_TRUE(driven.Advance().empty());
  const size_t refused = driven.Ask(By(Contact("z@x.org")));
  EXPECT_EQ(driven.CodeOf(refused), ErrorCode::kUnavailable);
  // No caller with a key is told that nothing was done, because an attempt may be in flight.
  Command keyed = By(Contact("z@x.org"));
  keyed.key.emplace("k");
  EXPECT_EQ(driven.CodeOf(driven.Ask(keyed)), ErrorCode::kUnknownOutcome);
  EXPECT_TRUE(driven.answers[0].empty());

  // The record is sent again soon, then after growing pauses, and at last every four seconds.
  std::vector<Outgoing> again;
  for (const int pause : {500, 1000, 2000, 4000, 4000}) {
    driven.Pass(milliseconds(pause - 1));
    EXPECT_TRUE(driven.Advance().empty());
    driven.Pass(milliseconds(1));
    again = driven.Advance();
    ASSERT_EQ(again.size(), 1u) << pause;
    EXPECT_EQ(again[0].value, out[0].value);
    driven.Report(again[0], Delivery::kDenied);
  }
  driven.Pass(milliseconds(4000));
  again = driven.Advance();
  ASSERT_EQ(again.size(), 1u);
  driven.LandAndReport(again);
  EXPECT_EQ(driven.writer.fault(), "");
  driven.Read();
  EXPECT_EQ(IdOf(driven.AnswerTo(0)), ContactId{1});
}

// A bug once: each new command put off the next try of a rejected record by the timer of records
// without a report, so that writes stopped for minutes after the cause was mended.
TEST(Denied, NewCommandsDoNotPutOffTheNextTry) {
  WriterOptions options;
  options.deadline = seconds(1000);
  DrivenWriter driven(options);
  std::vector<Outgoing> out = AskMany(driven, 2);
  driven.Report(out[0], Delivery::kDenied);
  driven.Report(out[1], Delivery::kStored, driven.Land(out[1]));  // ends the fault
  driven.Read();
  EXPECT_TRUE(driven.Advance().empty());
  driven.Pass(milliseconds(400));
  const std::vector<Outgoing> third = driven.AskAndAdvance(By(Contact(NumberedEmail(3))));
  ASSERT_EQ(third.size(), 1u);
  driven.Report(third[0], Delivery::kStored, driven.Land(third[0]));
  driven.Read();
  EXPECT_TRUE(driven.Advance().empty());
  EXPECT_EQ(driven.writer.NextTimer(), driven.now + milliseconds(100));
  driven.Pass(milliseconds(100));
  const std::vector<Outgoing> again = driven.Advance();
  ASSERT_EQ(again.size(), 3u);
  EXPECT_EQ(again[0].value, out[0].value);
}

TEST(Denied, SeveralRecordsOfOneTryAreOneStepOfThePause) {
  WriterOptions options;
  options.deadline = seconds(1000);
  DrivenWriter driven(options);
  std::vector<Outgoing> out = AskMany(driven, 5);
  for (const int pause : {500, 1000}) {
    for (const Outgoing& entry : out) driven.Report(entry, Delivery::kDenied);
    EXPECT_TRUE(driven.Advance().empty());
    driven.Pass(milliseconds(pause));
    out = driven.Advance();
    ASSERT_EQ(out.size(), 5u) << pause;
  }
}

// librdkafka reports records of a batch that the broker calls a duplicate at made-up offsets.
TEST(Unreadable, AReportOfAPlaceReadBeforeTheHandOverDoesNotCount) {
  DrivenWriter driven;
  std::vector<Outgoing> out = AskMany(driven, 1);
  driven.LandAndReport(out);
  driven.Read();
  driven.Advance();
  out = driven.AskAndAdvance(By(Contact(NumberedEmail(2))));
  driven.Report(out[0], Delivery::kStored, Offset{0});
  const std::vector<Outgoing> again = driven.Advance();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_TRUE(driven.answers[1].empty());
  driven.LandAndReport(again);
  driven.Read();
  EXPECT_EQ(IdOf(driven.AnswerTo(1)), ContactId{2});
}

// A bug once, found by the simulation: with no record left to try again, the fault stayed for ever.
TEST(Denied, ARejectedRecordThatWinsAllTheSameClearsTheFault) {
  DrivenWriter driven;
  const std::vector<Outgoing> out = AskMany(driven, 1);
  driven.Report(out[0], Delivery::kDenied);
  driven.Advance();
  ASSERT_NE(driven.writer.fault(), "");
  driven.Land(out[0]);  // an earlier try of the same hand-over had succeeded
  driven.Read();
  driven.Advance();
  EXPECT_EQ(driven.writer.fault(), "");
  EXPECT_EQ(IdOf(driven.AnswerTo(0)), ContactId{1});
}

TEST(TooLarge, TheRecordIsNotMadeAndFollowersAreDecidedWithoutIt) {
  WriterOptions options;
  options.max_record_bytes = 2000;
  DrivenWriter driven(options);
  CreateContact large = Contact("large@x.org");
  large.fields.metadata = RawJson{"{\"a\":\"" + std::string(2000, 'x') + "\"}"};
  driven.Ask(By(large));
  driven.Ask(By(Contact("small@x.org")));
  const std::vector<Outgoing> out = driven.Advance();
  ASSERT_EQ(out.size(), 1u);
  ASSERT_TRUE(driven.AnswerEnd());
  driven.LandAndReport(out);
  driven.Read();
  driven.Advance();
  EXPECT_EQ(driven.CodeOf(0), ErrorCode::kTooLarge);
  EXPECT_EQ(IdOf(driven.AnswerTo(1)), ContactId{1});
}

TEST(TooLarge, ARecordThatTheLogNeverSentIsDroppedAndFollowersAreDecidedAgain) {
  DrivenWriter driven;
  const std::vector<Outgoing> out = AskMany(driven, 3);
  driven.Report(out[0], Delivery::kStored, driven.Land(out[0]));
  driven.Report(out[1], Delivery::kNeverSent);
  EXPECT_EQ(driven.CodeOf(1), ErrorCode::kTooLarge);
  driven.Report(out[2], Delivery::kStored, driven.Land(out[2]));
  const std::vector<Outgoing> again = driven.Advance();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(DrivenWriter::RecordOf(again[0]).envelope.sequence, Sequence{2});
  driven.LandAndReport(again);
  driven.Read();
  EXPECT_EQ(IdOf(driven.AnswerTo(0)), ContactId{1});
  EXPECT_EQ(IdOf(driven.AnswerTo(2)), ContactId{2});
}

// A bug once: an entry that was read in the same round as the report, before commands were decided
// again, was compared with the record that had been dropped.
TEST(TooLarge, ASupersededEntryReadInTheSameRoundDoesNotFindTheDroppedRecord) {
  DrivenWriter driven;
  driven.given.Done(By(Contact("taken@x.org")));
  const std::vector<Outgoing> out = AskMany(driven, 1);
  driven.Report(out[0], Delivery::kNeverSent);
  driven.Land({0, "acme", driven.given.entries().back().value});  // a copy: superseded
  driven.Read();
  driven.Advance();
  EXPECT_EQ(driven.CodeOf(0), ErrorCode::kTooLarge);
  EXPECT_EQ(driven.writer.unanswered(), 0u);
}

TEST(TooLarge, AnAbandonedWriterDoesNotFindTheDroppedRecordEither) {
  DrivenWriter driven;
  const std::vector<Outgoing> out = AskMany(driven, 1);
  driven.Report(out[0], Delivery::kNeverSent);
  driven.writer.Abandon("the end");
  EXPECT_EQ(driven.CodeOf(0), ErrorCode::kTooLarge);
}

TEST(Refused, IsDecidedAgainAsARefusalOnTheSameParent) {
  DrivenWriter driven;
  const std::vector<Outgoing> out = AskMany(driven, 1);
  driven.Report(out[0], Delivery::kRefused);
  const std::vector<Outgoing> again = driven.Advance();
  ASSERT_EQ(again.size(), 1u);
  const Record refusal = DrivenWriter::RecordOf(again[0]);
  EXPECT_EQ(refusal.envelope.sequence, Sequence{1});
  EXPECT_EQ(refusal.envelope.previous, Hash{});
  driven.LandAndReport(again);
  driven.Read();
  EXPECT_EQ(driven.CodeOf(0), ErrorCode::kUnavailable);
}

TEST(Refused, TheFirstAttemptMayWinAfterAll) {
  DrivenWriter driven;
  const std::vector<Outgoing> out = AskMany(driven, 1);
  driven.Report(out[0], Delivery::kRefused);
  ASSERT_EQ(driven.Advance().size(), 1u);
  driven.Land(out[0]);
  driven.Read();
  driven.Advance();
  EXPECT_EQ(driven.AnswerTo(0).error, std::nullopt);
  EXPECT_EQ(IdOf(driven.AnswerTo(0)), ContactId{1});
}

}  // namespace
}  // namespace contacts::testing
