// A batch as large as in a catch-up: another thread decodes it ahead, and it is written in parts.
#include "projections/decoded_entries.h"
#include "tests/projections/projected.h"
#include "tests/support/keys.h"

namespace contacts::testing {
namespace {

constexpr int kContacts = 1200;

LogScript ALongLog() {
  LogScript log;
  log.Opens();
  for (int64_t id = 1; id <= kContacts; ++id) {
    const std::string number = std::to_string(id);
    const std::string tenant = id % 3 == 0 ? "acme" : "other";
    log.Then(tenant, Created(id, "C" + number, number + "@example.org"), {"7", "k" + number});
    if (id % 50 == 0) log.Loser(tenant, Added("1", "bob", "member"));
    if (id % 70 == 0) log.Raw(tenant, "garbage");
    if (id % 110 == 0) log.Unknown("parked");
  }
  return log;
}

TEST(LargeBatch, GivesWhatItsEntriesGiveOneByOne) {
  const LogScript log = ALongLog();
  MemoryViewStore at_once;
  const std::vector<Judged> judged = ApplyAll(at_once, log.entries());
  MemoryViewStore views;
  Projector one_by_one(views, TestKeys(), 0, 1);
  std::vector<Judged> expected;
  for (const LogEntry& entry : log.entries()) expected.push_back(one_by_one.Apply({entry}).at(0));
  EXPECT_TRUE(judged == expected);
  EXPECT_EQ(Describe(at_once), Describe(views));
}

TEST(DecodedEntriesDeathTest, HaveNoMoreThanTheirBatch) {
  const LogScript log = LogScript().Opens();
  const Decoding decoding{TestKeys(), 0, 1};
  DecodedEntries decoded(log.entries(), decoding);
  EXPECT_TRUE(decoded.Next().opening);
  EXPECT_DEATH(static_cast<void>(decoded.Next()), "index < entries_.size");
}

TEST(LargeBatch, RowsWrittenBeforeAFailureAreInStepWithTheCheckpoint) {
  const LogScript log = ALongLog();
  MemoryViewStore whole;
  ApplyAll(whole, log.entries());
  const auto size = static_cast<int64_t>(log.entries().size());
  int64_t before = -1;
  for (int writes = 0; writes < 3; ++writes) {
    FailingStore views;
    views.writes_left = writes;
    Projector projector(views, TestKeys(), 0, 1);
    EXPECT_THROW(projector.Apply(log.entries()), StoreFailure);
    const int64_t reached = projector.checkpoint().next.value;
    EXPECT_GT(reached, before);  // because each iteration allows one more write
    EXPECT_LT(reached, size);
    before = reached;
    EXPECT_EQ(Projector(views, TestKeys(), 0, 1).checkpoint(), projector.checkpoint());
    ApplyAll(views, {log.entries().begin() + reached, log.entries().end()});
    EXPECT_EQ(Describe(views), Describe(whole)) << writes;
  }
}

}  // namespace
}  // namespace contacts::testing
