#include "projections/projector.h"

#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "projections/view_lookup.h"
#include "tests/projections/projected.h"
#include "tests/support/keys.h"

namespace contacts::testing {
namespace {

using Verdict = Judged::Verdict;

std::vector<Verdict> VerdictsOf(const std::vector<Judged>& judged) {
  std::vector<Verdict> verdicts;
  for (const Judged& entry : judged) verdicts.push_back(entry.verdict);
  return verdicts;
}

CheckpointRow CheckpointOf(ViewStore& views) {
  return Projector(views, TestKeys(), 0, 1).checkpoint();
}

TEST(Projector, AppliesTheFirstOfTwoRivals) {
  LogScript log;
  log.Opens()
      .Then("acme", Created(1, "A", "a@example.org"))
      .Then("acme", Created(2, "B", "b@example.org"))
      .Loser("acme", Created(2, "Loser", "loser@example.org"))
      .Then("acme", Created(3, "C", "c@example.org"))
      .Again(2);

  MemoryViewStore views;
  const auto judged = ApplyAll(views, log.entries());
  Project(log, std::make_unique<MemoryViewStore>().get());

  EXPECT_EQ(VerdictsOf(judged),
            (std::vector{Verdict::kOpening, Verdict::kHistory, Verdict::kHistory,
                         Verdict::kSuperseded, Verdict::kHistory, Verdict::kSuperseded}));
  EXPECT_EQ(judged[3].sequence, Sequence{2});
  EXPECT_EQ(judged[3].tenant, TenantId{"acme"});
  EXPECT_EQ(judged[3].hash, Sha256(log.entries()[3].value));
  EXPECT_EQ(judged[3].previous, Sha256(log.entries()[1].value));
  EXPECT_EQ(judged[4].offset, Offset{4});
  EXPECT_EQ(Rows(views, "emails acme loser"), "");
  EXPECT_EQ(CheckpointOf(views).superseded, 2);
}

TEST(Projector, TenantRowSaysWhereItsHistoryAndItsModelsStand) {
  ContactCreated jane = Created(1, "Jane", "jane@example.org");
  jane.account = Account{UserId{"2"}, "jane@example.org", "member"};
  LogScript log;
  log.Opens()
      .Then("acme", Added("1", "admin", "admin"))
      .Then("acme", jane)
      .Then("acme", CommandRefused{"CreateContact", ErrorCode::kConflict, "taken", 0})
      .Then("other", Created(1, "Else", "jane@example.org"));

  MemoryViewStore views;
  Project(log, &views);

  const TenantRow acme = ViewLookup(views).Tenant(TenantId{"acme"});
  EXPECT_EQ(acme, (TenantRow{{Sequence{2}, ContactId{1}, 1, 2, 2, std::nullopt},
                             Sequence{3},
                             Sha256(log.entries()[3].value),
                             Timestamp{1764000003000},
                             Sequence{3},
                             "",
                             "",
                             ToHex(TestTree(TenantId{"acme"}))}));
  EXPECT_EQ(ViewLookup(views).Tenant(TenantId{"other"}).head, Sequence{1});
  EXPECT_EQ(ViewLookup(views).Tenant(TenantId{"nobody"}), TenantRow{});
}

TEST(Projector, EveryRecordOfHistoryIsKeptAsItsBytes) {
  LogScript log;
  log.Opens()
      .Then("acme", Created(1, "A", "a@example.org"))
      .Then("acme", Idle("CreateContact"))
      .Loser("acme", Created(2, "B", "b@example.org"));

  MemoryViewStore views;
  Project(log, &views);

  const ViewLookup lookup(views);
  EXPECT_EQ(lookup.RecordAt(TenantId{"acme"}, Sequence{1}), log.entries()[1].value);
  EXPECT_EQ(lookup.RecordAt(TenantId{"acme"}, Sequence{2}), log.entries()[2].value);
  EXPECT_EQ(lookup.RecordAt(TenantId{"acme"}, Sequence{3}), std::nullopt);
}

TEST(Projector, TheFirstRecordOfAKeyAnswersIt) {
  LogScript log;
  log.Opens()
      .Then("acme", Created(1, "A", "a@example.org"), {"7", "k"})
      .Then("acme", Idle("CreateContact"), {"7", "k"})
      .Then("acme", Idle("CreateContact"), {"8", "k"})
      .Then("acme", Idle("CreateContact"), {"8", ""});

  MemoryViewStore views;
  Project(log, &views);

  const ViewLookup lookup(views);
  EXPECT_EQ(lookup.SequenceOfKey(TenantId{"acme"}, "7", "k"), Sequence{1});
  EXPECT_EQ(lookup.SequenceOfKey(TenantId{"acme"}, "8", "k"), Sequence{3});
  EXPECT_EQ(lookup.SequenceOfKey(TenantId{"acme"}, "8", ""), std::nullopt);
  EXPECT_EQ(lookup.SequenceOfKey(TenantId{"other"}, "7", "k"), std::nullopt);
}

TEST(Projector, NothingIsHistoryBeforeTheFirstOpeningThatReads) {
  LogScript log;
  log.Then("acme", Created(1, "Too early", "early@example.org"))
      .Raw("$log", R"({"type":"LogOpened"})")
      .Opens("log-1");
  LogScript fresh;
  fresh.Then("acme", Created(1, "A", "a@example.org"));
  log.Raw("acme", fresh.entries()[0].value).Opens("log-2");

  MemoryViewStore views;
  const auto judged = ApplyAll(views, log.entries());

  EXPECT_EQ(VerdictsOf(judged),
            (std::vector{Verdict::kForeign, Verdict::kForeign, Verdict::kOpening, Verdict::kHistory,
                         Verdict::kOpening}));
  EXPECT_EQ(CheckpointOf(views).log_id, "log-1");
  EXPECT_EQ(CheckpointOf(views).foreign, 2);
}

TEST(Projector, ATenantKeepsTheEpochsThatItGotRecordsIn) {
  LogScript log;
  log.Opens().Then("acme", Idle("a")).Then("acme", Idle("b")).Then("still", Idle("a"));
  log.Opens("log-1", 2).Opens("log-1", 3).Then("acme", Idle("c")).Then("new", Idle("a"));
  log.Opens("another", 9).Opens("log-1", 2).Then("acme", Idle("d")).Opens("log-1", 4);
  MemoryViewStore views;
  Project(log, &views);
  const ViewLookup lookup(views);
  EXPECT_EQ(lookup.Epoch(), 4);
  EXPECT_EQ(lookup.Tenant(TenantId{"acme"}).epochs, (std::vector<EpochBegun>{{3, Sequence{2}}}));
  EXPECT_EQ(lookup.Tenant(TenantId{"new"}).epochs, (std::vector<EpochBegun>{{3, Sequence{0}}}));
  EXPECT_TRUE(lookup.Tenant(TenantId{"still"}).epochs.empty());
}

TEST(Projector, AnOpeningOfAnotherPartitioningIsForeign) {
  MemoryViewStore views;
  LogScript log;
  log.Opens();
  EXPECT_EQ(Projector(views, TestKeys(), 1, 2).Apply(log.entries())[0].verdict, Verdict::kForeign);
  EXPECT_EQ(Projector(views, TestKeys(), 0, 2).Apply(log.entries())[0].verdict, Verdict::kForeign);
}

TEST(Projector, EntriesThatAreNotRecordsAreSteppedOverAndCounted) {
  LogScript log;
  log.Opens().Then("acme", Created(1, "A", "a@example.org"));
  LogScript next = log;
  next.Then("acme", Created(2, "B", "b@example.org"));
  const std::string second = next.entries()[2].value;
  log.Raw("acme", "")
      .Raw("acme", "not json")
      .Raw("other", second)        // under another tenant's key
      .Raw("acme", second + "\n")  // not byte for byte
      .Raw("acme", second);

  MemoryViewStore views;
  const auto judged = ApplyAll(views, log.entries());
  Project(log, std::make_unique<MemoryViewStore>().get());

  EXPECT_EQ(VerdictsOf(judged),
            (std::vector{Verdict::kOpening, Verdict::kHistory, Verdict::kForeign, Verdict::kForeign,
                         Verdict::kForeign, Verdict::kForeign, Verdict::kHistory}));
  EXPECT_EQ(CheckpointOf(views).foreign, 4);
}

TEST(Projector, TheCheckpointNamesTheEntryBeforeTheNext) {
  LogScript log;
  log.Opens().Then("acme", Created(1, "A", "a@example.org")).Raw("x", "foreign");

  MemoryViewStore views;
  ApplyAll(views, log.entries());

  EXPECT_EQ(CheckpointOf(views), (CheckpointRow{"log-1", Offset{3}, Sha256("foreign"),
                                                log.entries()[2].appended, 0, 1}));
}

TEST(Projector, TakesNoEntryTwice) {
  LogScript log;
  log.Opens().Then("acme", Created(1, "A", "a@example.org"));
  MemoryViewStore views;
  Projector projector(views, TestKeys(), 0, 1);
  projector.Apply(log.entries());
  const std::string before = Describe(views);
  EXPECT_THROW(projector.Apply(log.entries()), StoreFailure);
  EXPECT_EQ(Describe(views), before);
}

}  // namespace
}  // namespace contacts::testing
