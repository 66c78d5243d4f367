// A crash at any point leaves the read models and their checkpoint in step.
#include <rocksdb/env.h>

#include <algorithm>
#include <map>
#include <set>

#include "infra/rocksdb_views/rocksdb_view_store.h"
#include "tests/projections/projected.h"
#include "tests/support/keys.h"

namespace contacts::testing {
namespace {

LogScript SomeLog() {
  LogScript log;
  log.Opens()
      .Then("acme", Created(1, "A", "a@example.org"), {"7", "k"})
      .Then("acme", Added("1", "ann", "member"))
      .Loser("acme", Added("1", "bob", "member"))
      .Raw("acme", "foreign")
      .Then("other", Created(1, "O", "o@example.org"))
      .Unknown("other")
      .Then("acme", Created(2, "B", "b@example.org"))
      .Then("other", Created(2, "P", "p@example.org"));
  return log;
}

// What Describe returns after each number of entries.
std::vector<std::string> Described(const LogScript& log) {
  MemoryViewStore views;
  std::vector<std::string> described = {Describe(views)};
  for (const LogEntry& entry : log.entries()) {
    ApplyAll(views, {entry});
    described.push_back(Describe(views));
  }
  return described;
}

// Trap 11: if the checkpoint is in another write than the rows, an early copy of a later record
// matches, or rows are counted twice.
TEST(Crash, BetweenAnyTwoWritesLosesAndDoublesNothing) {
  const LogScript log = SomeLog();
  const std::string expected = Described(log).back();
  for (size_t batch = 1; batch <= log.entries().size(); ++batch) {
    for (int writes = 0; writes < 20; ++writes) {
      FailingStore views;
      views.writes_left = writes;
      const auto apply_the_rest = [&] {
        Projector projector(views, TestKeys(), 0, 1);
        while (projector.checkpoint().next.value < static_cast<int64_t>(log.entries().size())) {
          const auto at = log.entries().begin() + projector.checkpoint().next.value;
          const auto left = static_cast<size_t>(log.entries().end() - at);
          projector.Apply({at, at + static_cast<std::ptrdiff_t>(std::min(batch, left))});
        }
      };
      try {
        apply_the_rest();
      } catch (const StoreFailure&) {
        apply_the_rest();
      }
      ASSERT_EQ(Describe(views), expected) << "batches of " << batch << ", " << writes << " writes";
    }
  }
}

class RecordingStore : public MemoryViewStore {
 public:
  void Commit(const ViewBatch& batch) override {
    batches.push_back(batch);
    MemoryViewStore::Commit(batch);
  }
  std::vector<ViewBatch> batches;
};

TEST(Crash, RowsAndCheckpointAreOneBatch) {
  RecordingStore views;
  const LogScript log = SomeLog();
  ApplyAll(views, log.entries());
  ASSERT_EQ(views.batches.size(), 1u);
  std::map<View, int> changes;
  for (const auto& change : views.batches[0].changes()) ++changes[change.view];
  EXPECT_EQ(changes[View::kCheckpoints], 1);
  EXPECT_EQ(changes[View::kTenants], 2);
  EXPECT_EQ(changes[View::kRecords], 6);
  EXPECT_EQ(changes[View::kContacts], 3);
}

// A failed Apply must not change the projector, either.
TEST(Crash, AProjectorWhoseWriteFailedStaysWhereItWas) {
  FailingStore views;
  Projector projector(views, TestKeys(), 0, 1);
  views.writes_left = 0;
  EXPECT_THROW(projector.Apply(SomeLog().entries()), StoreFailure);
  EXPECT_EQ(projector.checkpoint(), CheckpointRow{});
  EXPECT_EQ(Describe(views), "");
}

using Files = std::map<std::string, std::string>;

Files FilesIn(rocksdb::Env* env, const std::string& directory) {
  std::vector<std::string> names;
  EXPECT_TRUE(env->GetChildren(directory, &names).ok());
  Files files;
  for (const std::string& name : names) {
    if (name == "LOCK") continue;
    EXPECT_TRUE(ReadFileToString(env, directory + "/" + name, &files[name]).ok());
  }
  return files;
}

// A power cut takes the unsynced end of RocksDB's write-ahead log. Wherever it is cut, the rows
// that come back are those after some number of whole batches.
TEST(Crash, AWriteAheadLogCutAnywhereGivesAnEarlierStateWhole) {
  const LogScript log = SomeLog();
  const std::vector<std::string> described = Described(log);
  const std::unique_ptr<rocksdb::Env> live(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  RocksDbViewStore store({"/views", 1 << 20, live.get()});
  ApplyOneByOne(store, log.entries());
  Files files = FilesIn(live.get(), "/views");
  const auto wal = std::find_if(files.begin(), files.end(),
                                [](const auto& file) { return file.first.ends_with(".log"); });
  ASSERT_NE(wal, files.end());

  std::set<int64_t> seen;
  for (;; wal->second.resize(wal->second.size() - std::min<size_t>(wal->second.size(), 61))) {
    const std::unique_ptr<rocksdb::Env> env(rocksdb::NewMemEnv(rocksdb::Env::Default()));
    ASSERT_TRUE(env->CreateDirIfMissing("/views").ok());
    for (const auto& [name, content] : files) {
      ASSERT_TRUE(WriteStringToFile(env.get(), content, "/views/" + name).ok());
    }
    RocksDbViewStore again({"/views", 1 << 20, env.get()});
    const int64_t next = Projector(again, TestKeys(), 0, 1).checkpoint().next.value;
    seen.insert(next);
    ASSERT_EQ(Describe(again), described[static_cast<size_t>(next)]) << wal->second.size();
    if (wal->second.empty()) break;
  }
  EXPECT_EQ(seen.size(), described.size());
}

}  // namespace
}  // namespace contacts::testing
