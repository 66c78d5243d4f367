// Superseded entries: which of them lost a race, and which show that a record is gone.
#include "projections/views/superseded_chains.h"

#include <algorithm>

#include "projections/view_lookup.h"
#include "tests/projections/projected.h"
#include "tests/support/acme.h"

namespace contacts::testing {
namespace {

constexpr int64_t kBegin = 1'764'000'000'000;

Hash HashOf(const std::string& name) { return Sha256(name); }

// The story of one tenant: entries by name, each with its sequence, its parent and its time.
class Story {
 public:
  Story& Superseded(int64_t sequence, const std::string& name, const std::string& parent,
                    int64_t milliseconds = 0) {
    const Slot slot{kAcme, Sequence{sequence}, HashOf(parent)};
    NoteSuperseded(
        slot, HashOf(name), Timestamp{kBegin + milliseconds},
        [&] { return parent == "5"; },  // the head in all of these stories
        &row);
    return *this;
  }
  // A chain of entries `first` to `last` on `parent`, one every `step` milliseconds.
  Story& Chain(int64_t first, int64_t last, std::string parent, int64_t step) {
    for (int64_t i = first; i <= last; ++i) {
      std::string name = std::to_string(i);
      Superseded(i, name, parent, (i - first) * step);
      parent = std::move(name);
    }
    return *this;
  }
  bool closed() const { return !WhyClosed(row).empty(); }

  SupersededRow row;
};

TEST(SupersededChains, ALoserIsNotAnOrphanHoweverManyRecordsItHadPending) {
  Story story;
  story.Superseded(6, "b6", "5");
  std::string parent = "b6";
  for (int i = 7; i < 3000; ++i) {
    const std::string name = "b" + std::to_string(i);
    story.Superseded(i, name, parent, i * 100);
    parent = name;
  }
  EXPECT_FALSE(HasOrphans(story.row));
  EXPECT_FALSE(story.closed());
  EXPECT_EQ(story.row.chains.size(), 1u);
}

TEST(SupersededChains, MoreOrphansThanAWriterHasPendingClose) {
  Story story;
  story.Chain(7, 6 + kOrphansThatClose, "gone", 1);
  EXPECT_TRUE(HasOrphans(story.row));
  EXPECT_FALSE(story.closed());
  story.Superseded(7 + kOrphansThatClose, "one more", std::to_string(6 + kOrphansThatClose));
  EXPECT_TRUE(story.closed());
}

TEST(SupersededChains, OrphansThatGrowForLongerThanAWriterTriesClose) {
  const int64_t limit = kOrphanGrowthThatCloses.count();
  EXPECT_FALSE(Story().Superseded(7, "7", "gone").Superseded(8, "8", "7", limit).closed());
  EXPECT_TRUE(Story().Superseded(7, "7", "gone").Superseded(8, "8", "7", limit + 1).closed());
}

TEST(SupersededChains, TheReasonNamesTheEntriesAndTheParent) {
  Story story;
  story.Superseded(7, "7", "gone").Superseded(8, "8", "7", 30'000);
  const std::string why = WhyClosed(story.row);
  EXPECT_NE(why.find("entries 7 to 8"), std::string::npos) << why;
  EXPECT_NE(why.find("contacts disown " + ToHex(HashOf("gone"))), std::string::npos) << why;
}

TEST(SupersededChains, TheSameBytesAgainAreNotCountedAgain) {
  Story story;
  for (int time = 0; time < 600; ++time) story.Chain(7, 8, "gone", 1);
  EXPECT_FALSE(story.closed());
  EXPECT_LE(story.row.chains.size(), 2u);
  EXPECT_EQ(OrphansOn(HashOf("gone"), story.row)->entries, 2);
}

TEST(SupersededChains, AParentThatComesToBeHistoryOpens) {
  Story story;
  story.Chain(7, 8, "gone", 30'000);
  ASSERT_TRUE(story.closed());
  NoteHistory(HashOf("another"), &story.row);
  EXPECT_TRUE(story.closed());
  NoteHistory(HashOf("gone"), &story.row);
  EXPECT_FALSE(story.closed());
  EXPECT_FALSE(HasOrphans(story.row));
}

TEST(SupersededChains, AParentThatComesLateAndLosesMakesThemLosers) {
  Story story;
  story.Chain(7, 8, "b6", 30'000);
  ASSERT_TRUE(story.closed());
  story.Superseded(6, "b6", "5", 60'000);
  EXPECT_FALSE(story.closed());
}

// Entries that arrived before their parent count together with it once it has arrived.
TEST(SupersededChains, OrphansOnAnOrphanAreOneChain) {
  Story story;
  story.Superseded(8, "8", "7", 10).Superseded(7, "7", "gone", 20).Superseded(9, "9", "8", 30'000);
  EXPECT_TRUE(story.closed());
  const SupersededChain* chain = OrphansOn(HashOf("gone"), story.row);
  ASSERT_NE(chain, nullptr);
  EXPECT_EQ(chain->entries, 3);
  EXPECT_EQ(chain->first, Sequence{7});
  EXPECT_EQ(chain->last, Sequence{9});
  NoteHistory(HashOf("gone"), &story.row);
  EXPECT_FALSE(HasOrphans(story.row));
}

TEST(SupersededChains, ADisownedChainMayGrowAndBeginAgain) {
  Story story;
  story.Chain(7, 8, "gone", 30'000);
  Disown(HashOf("another"), &story.row);
  EXPECT_TRUE(story.closed());
  Disown(HashOf("gone"), &story.row);
  EXPECT_FALSE(story.closed());
  EXPECT_EQ(OrphansOn(HashOf("gone"), story.row), nullptr);
  story.Superseded(9, "9", "8", 90'000).Superseded(7, "another 7", "gone", 91'000);
  story.Superseded(8, "another 8", "another 7", 190'000);
  EXPECT_FALSE(story.closed());
}

TEST(SupersededChains, LosersAreForgottenBeforeOrphans) {
  Story story;
  story.Chain(7, 8, "gone", 30'000);
  for (int i = 0; i < 100; ++i) story.Superseded(6, "loser " + std::to_string(i), "5");
  for (int i = 0; i < 100; ++i) story.Superseded(9, "lone " + std::to_string(i), "x");
  EXPECT_TRUE(story.closed());
  EXPECT_LE(story.row.chains.size(), 16u);
}

// A record is damaged in the log, and its tenant has gone on writing for a minute.
LogScript Damaged() {
  LogScript whole;
  whole.Opens();
  for (int i = 1; i <= 60; ++i) {
    whole.Then("acme", Created(i, "C", "c" + std::to_string(i) + "@example.org"));
  }
  LogScript damaged;
  for (const LogEntry& entry : whole.entries()) {
    const bool hit = entry.offset == Offset{6};
    damaged.Raw(entry.key, hit ? std::string(entry.value.size(), 'x') : entry.value);
    damaged.AfterPause(std::chrono::seconds(1));
  }
  return damaged;
}

TEST(SupersededChains, ADamagedRecordClosesItsTenantAndNoOther) {
  LogScript log = Damaged();
  log.Then("other", Created(1, "O", "o@example.org"));
  MemoryViewStore views;
  Project(log, &views);
  const TenantRow acme = ViewLookup(views).Tenant(kAcme);
  EXPECT_EQ(acme.head, Sequence{5});
  EXPECT_NE(acme.closed, "");
  EXPECT_EQ(ViewLookup(views).Tenant(TenantId{"other"}).closed, "");
  EXPECT_NE(Rows(views, "foreign").find("not one JSON object"), std::string::npos);
}

TEST(SupersededChains, TheRecordOfTheOperatorOpensTheTenantOnEveryReader) {
  LogScript log = Damaged();
  MemoryViewStore views;
  Project(log, &views);
  const auto orphans = ViewLookup(views).OrphansOn(kAcme, Sha256(log.entries()[6].value));
  EXPECT_EQ(orphans, std::nullopt);  // no reader has seen the parent; it is not the damaged bytes
  LogScript whole;
  whole.Opens();
  for (int i = 1; i <= 6; ++i) {
    whole.Then("acme", Created(i, "C", "c" + std::to_string(i) + "@example.org"));
  }
  const Hash parent = Sha256(whole.entries()[6].value);
  ASSERT_NE(ViewLookup(views).OrphansOn(kAcme, parent), std::nullopt);
  LogScript known;
  known.Opens();
  for (int i = 1; i <= 5; ++i) {
    known.Then("acme", Created(i, "C", "c" + std::to_string(i) + "@example.org"));
  }
  known.Then("acme", ChainDisowned{parent, Sequence{7}, Sequence{60}, 54});
  log.Raw("acme", known.entries().back().value);
  MemoryViewStore opened;
  Project(log, &opened);
  EXPECT_EQ(ViewLookup(opened).Tenant(kAcme).closed, "");
  EXPECT_EQ(ViewLookup(opened).Tenant(kAcme).head, Sequence{6});
}

// A client that may write to the topic wrote one entry for each of many made-up tenants, and each
// made a row for ever.
TEST(SupersededChains, MadeUpTenantsAreForgottenAndThoseWithHistoryOrClosedAreNot) {
  LogScript log;
  log.Opens();
  const auto orphan_of = [&](const std::string& tenant, int sequence) {
    log.Raw(tenant, R"({"tenant":")" + tenant + R"(","sequence":)" + std::to_string(sequence) +
                        R"(,"previous":")" + std::string(64, 'f') + R"("})");
  };
  orphan_of("acme", 3);  // has no history yet
  orphan_of("closed", 3);
  log.AfterPause(kOrphanGrowthThatCloses);
  log.Raw("closed", R"({"tenant":"closed","sequence":4,"previous":")" +
                        ToHex(Sha256(log.entries()[2].value)) + R"("})");
  log.Then("acme", Created(1, "C", "c@example.org"));
  MemoryViewStore before;
  ApplyAll(before, log.entries());
  EXPECT_NE(ViewLookup(before).Tenant(TenantId{"closed"}).closed, "");

  for (int i = 0; i < 300; ++i) orphan_of("made-up-" + std::to_string(i), 2);
  MemoryViewStore views;
  ApplyAll(views, log.entries());
  const std::string rows = Rows(views, "superseded ");
  EXPECT_EQ(std::count(rows.begin(), rows.end(), '\n'), 1 + 100);
  for (const char* kept : {"acme", "closed", "made-up-299", "made-up-201"}) {
    EXPECT_NE(rows.find(std::string("superseded ") + kept + ' '), std::string::npos) << kept;
  }
  EXPECT_EQ(Rows(views, "tenants "), Rows(before, "tenants "));
  MemoryViewStore rebuilt;
  ApplyOneByOne(rebuilt, log.entries());
  EXPECT_EQ(Describe(rebuilt), Describe(views));
}

}  // namespace
}  // namespace contacts::testing
