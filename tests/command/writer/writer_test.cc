// The chain of records: which are sent, sent again, and decided again.
#include "command/writer/writer.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/command/writer/driven_writer.h"

namespace contacts::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(TenantPipeline, EachRecordIsChainedOnTheOneBefore) {
  DrivenWriter driven;
  const std::vector<Outgoing> out = AskMany(driven, 3);
  ASSERT_EQ(out.size(), 3u);
  Head head;
  for (const Outgoing& entry : out) {
    const Record record = DrivenWriter::RecordOf(entry);
    EXPECT_EQ(record.envelope.sequence, Next(head.sequence));
    EXPECT_EQ(record.envelope.previous, head.hash);
    head = Head{record.envelope.sequence, Sha256(entry.value)};
  }
}

TEST(TenantPipeline, TheRecordReadBackIsTheAnswerAndTheDeliveryReportIsNot) {
  DrivenWriter driven;
  const std::vector<Outgoing> out = AskMany(driven, 2);
  driven.LandAndReport(out);
  driven.Advance();
  EXPECT_TRUE(driven.answers[0].empty());
  EXPECT_EQ(driven.writer.unanswered(), 2u);
  driven.Read();
  EXPECT_EQ(IdOf(driven.AnswerTo(0)), ContactId{1});
  EXPECT_EQ(IdOf(driven.AnswerTo(1)), ContactId{2});
  EXPECT_EQ(driven.AnswerTo(1).position, Sequence{2});
  EXPECT_EQ(driven.writer.unanswered(), 0u);
}

TEST(TenantPipeline, ARecordIsKnownByItsBytesUntilItIsReadBack) {
  DrivenWriter driven;
  const std::vector<Outgoing> out = AskMany(driven, 3);
  for (const Outgoing& entry : out) {
    const Record* made = driven.writer.Made(entry.key, Sha256(entry.value));
    ASSERT_NE(made, nullptr);
    EXPECT_EQ(*made, DrivenWriter::RecordOf(entry));
    EXPECT_EQ(driven.writer.Made("other", Sha256(entry.value)), nullptr);
  }
  EXPECT_EQ(driven.writer.Made(out[0].key, Sha256("other bytes")), nullptr);
  driven.LandAndReport(out);
  driven.Read();
  for (const Outgoing& entry : out) {
    EXPECT_EQ(driven.writer.Made(entry.key, Sha256(entry.value)), nullptr);
  }
}

TEST(TenantPipeline, ARecordThatLosesItsSlotAndAllAfterItAreDecidedAgainAsNewRecords) {
  DrivenWriter driven;
  const std::vector<Outgoing> out = AskMany(driven, 2);
  driven.OthersLand(By(Contact(NumberedEmail(9))));
  driven.LandAndReport(out);
  driven.Read();
  driven.Pass(seconds(1));
  const std::vector<Outgoing> again = driven.Advance();
  ASSERT_EQ(again.size(), 2u);
  std::set<std::string> ids;
  for (const auto& batch : {out, again}) {
    for (const Outgoing& entry : batch) ids.insert(DrivenWriter::RecordOf(entry).envelope.id);
  }
  EXPECT_EQ(ids.size(), 4u);
  driven.LandAndReport(again);
  driven.Read();
  EXPECT_EQ(IdOf(driven.AnswerTo(0)), ContactId{2});
  EXPECT_EQ(IdOf(driven.AnswerTo(1)), ContactId{3});
}

TEST(TenantPipeline, ACommandThatLosesToTheSameEmailIsRefused) {
  DrivenWriter driven;
  const std::vector<Outgoing> out = AskMany(driven, 1);
  driven.OthersLand(By(Contact(NumberedEmail(1))));
  driven.LandAndReport(out);
  driven.Read();
  driven.Pass(seconds(1));
  EXPECT_TRUE(driven.Advance().empty());
  ASSERT_TRUE(driven.AnswerEnd());
  driven.Advance();
  EXPECT_EQ(driven.CodeOf(0), ErrorCode::kEmailTaken);
}

// A writer that sent the chain again for each record read too early would write 5,050 records.
TEST(Resend, AChainOf100WhoseFirstWasLostIsSentAgainOnceWithTheSameBytes) {
  DrivenWriter driven;
  const std::vector<Outgoing> first = AskMany(driven, 100);
  ASSERT_EQ(first.size(), 100u);
  driven.Report(first[0], Delivery::kUnknown);
  for (size_t i = 1; i < first.size(); ++i) {
    driven.Report(first[i], Delivery::kStored, driven.Land(first[i]));
    driven.Read();
    driven.Advance();
  }
  ASSERT_EQ(driven.handed.size(), 200u);
  const std::vector<Outgoing> second(driven.handed.begin() + 100, driven.handed.end());
  for (size_t i = 0; i < 100; ++i) EXPECT_EQ(second[i].value, first[i].value);
  driven.LandAndReport(second);
  driven.Read();
  driven.Advance();
  EXPECT_EQ(driven.handed.size(), 200u);
  for (size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(IdOf(driven.AnswerTo(i)), ContactId{static_cast<int64_t>(i) + 1});
  }
}

TEST(Resend, NotWhileTheLogHasOneInHand) {
  DrivenWriter driven;
  const std::vector<Outgoing> out = AskMany(driven, 2);
  driven.Report(out[0], Delivery::kUnknown);
  EXPECT_TRUE(driven.Advance().empty());
  driven.Report(out[1], Delivery::kUnknown);
  const std::vector<Outgoing> again = driven.Advance();
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again[0].value, out[0].value);
  EXPECT_NE(again[0].token, out[0].token);
}

TEST(Resend, AStoredRecordThatIsNeverReadIsSentAgainByTheTimerAfterGrowingPauses) {
  WriterOptions options;
  options.deadline = seconds(1000);
  options.resend_after = seconds(30);
  DrivenWriter driven(options);
  const std::vector<Outgoing> out = AskMany(driven, 1);
  driven.Report(out[0], Delivery::kStored, Offset{1});
  driven.Pass(seconds(29));
  EXPECT_TRUE(driven.Advance().empty());
  driven.Pass(seconds(1));
  const std::vector<Outgoing> again = driven.Advance();
  ASSERT_EQ(again.size(), 1u);
  driven.Report(again[0], Delivery::kStored, Offset{2});
  driven.Pass(seconds(59));
  EXPECT_TRUE(driven.Advance().empty());
  driven.Pass(seconds(1));
  EXPECT_EQ(driven.Advance().size(), 1u);
}

// A bug once: when the log immediately reported a record as lost, the writer sent it again
// immediately, in a hot loop.
TEST(Resend, ARecordLostRepeatedlyIsSentAgainImmediatelyAndThenAfterGrowingPauses) {
  WriterOptions options;
  options.deadline = seconds(1000);
  DrivenWriter driven(options);
  std::vector<Outgoing> out = AskMany(driven, 1);
  std::vector<int> pauses;  // in milliseconds, before each time it was sent again
  while (pauses.size() < 9) {
    driven.Report(out[0], Delivery::kUnknown);
    pauses.push_back(0);
    while ((out = driven.Advance()).empty()) {
      ASSERT_GT(driven.writer.NextTimer(), driven.now);
      driven.Pass(milliseconds(50));
      pauses.back() += 50;
    }
  }
  EXPECT_EQ(pauses, (std::vector<int>{0, 50, 100, 200, 400, 800, 1600, 2000, 2000}));
  driven.LandAndReport(out);
  driven.Read();
  EXPECT_EQ(IdOf(driven.AnswerTo(0)), ContactId{1});

  // A record that won resets the pause: the next gap is closed immediately again.
  out = driven.AskAndAdvance(By(Contact(NumberedEmail(2))));
  driven.Report(out[0], Delivery::kUnknown);
  EXPECT_EQ(driven.Advance().size(), 1u);
}

TEST(Resend, TheWriterWakesWhenThePauseIsOver) {
  DrivenWriter driven;
  std::vector<Outgoing> out = AskMany(driven, 1);
  driven.Report(out[0], Delivery::kUnknown);
  out = driven.Advance();
  ASSERT_EQ(out.size(), 1u);
  driven.Report(out[0], Delivery::kUnknown);
  EXPECT_TRUE(driven.Advance().empty());
  EXPECT_EQ(driven.writer.NextTimer(), driven.now + milliseconds(50));
}

// A bug once: a header that was not UTF-8 made a record that no reader takes, and stopped its
// tenant: the record was appended again without end, and all records after it waited.

}  // namespace
}  // namespace contacts::testing
