#include "infra/rocksdb_views/rocksdb_view_store.h"

#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <filesystem>
#include <fstream>

#include "infra/rocksdb_views/view_families.h"
#include "projections/store/keys.h"
#include "tests/projections/projected.h"
#include "tests/support/fault_env.h"
#include "tests/support/temp_dir.h"

namespace contacts::testing {
namespace {

void Put(ViewStore& store, View view, const std::string& key, const std::string& value) {
  ViewBatch batch;
  batch.Put(view, key, value);
  store.Write(batch);
}

std::string FailureOf(const std::function<void()>& act) {
  try {
    act();
  } catch (const StoreFailure& failure) {
    return failure.what();
  }
  return "";
}

TEST(RocksDbViewStore, KeepsItsRowsWhenItIsOpenedAgain) {
  TempDir dir;
  {
    RocksDbViewStore store({dir / "a/b"});
    for (int view = 0; view < kViews; ++view) Put(store, View{view}, "k", std::to_string(view));
  }
  const RocksDbViewStore store({dir / "a/b"});
  for (int view = 0; view < kViews; ++view) {
    EXPECT_EQ(store.Get(View{view}, "k"), std::to_string(view));
  }
}

TEST(RocksDbViewStore, ADirectoryInUseIsRefused) {
  TempDir dir;
  const RocksDbViewStore store({dir / "views"});
  const std::string failure = FailureOf([&] { RocksDbViewStore second({dir / "views"}); });
  EXPECT_NE(failure.find(dir / "views"), std::string::npos) << failure;
  EXPECT_NE(failure.find("Is another process using them?"), std::string::npos) << failure;
}

// Makes the directory of views that were in use, with another format of the mentions.
void MakeWithFormat(const std::string& directory, const std::optional<int64_t>& format) {
  {
    RocksDbViewStore store({directory});
    Put(store, View::kCheckpoints, "k", "v");
  }
  OpenFamilies families = OpenViewFamilies({directory}, StoreGuard("views", directory));
  const rocksdb::Status status =
      format ? families.db->Put({}, families.meta, "format mentions", keys::Number(*format))
             : families.db->Delete({}, families.meta, "format mentions");
  ASSERT_TRUE(status.ok());
  CloseViewFamilies(&families);
}

TEST(RocksDbViewStore, AViewOfAnotherFormatIsRefusedWithWhatToDo) {
  TempDir dir;
  MakeWithFormat(dir / "views", 77);
  const std::string failure = FailureOf([&] { RocksDbViewStore store({dir / "views"}); });
  EXPECT_EQ(failure, "the view \"mentions\" in " + dir / "views" +
                         " has the format 77, this build knows the format " +
                         std::to_string(InfoOf(View::kMentions).format) + ". Remove " +
                         dir / "views" +
                         " and start again: the read models are then made anew from the log.");
}

TEST(RocksDbViewStore, ViewsOfAnEarlierBuildAreRefusedAsSuch) {
  TempDir dir;
  {
    RocksDbViewStore store({dir / "views"});
    Put(store, View::kCheckpoints, "k", "v");
  }
  OpenFamilies families = OpenViewFamilies({dir / "views"}, StoreGuard("views", dir / "views"));
  ASSERT_TRUE(families.db->Put({}, families.meta, "format", keys::Number(3)).ok());
  CloseViewFamilies(&families);
  const std::string failure = FailureOf([&] { RocksDbViewStore store({dir / "views"}); });
  EXPECT_NE(failure.find("are of an earlier build. Remove " + dir / "views"), std::string::npos)
      << failure;
}

TEST(RocksDbViewStore, AViewThatWasNotThereIsRefusedWithWhatToDo) {
  TempDir dir;
  MakeWithFormat(dir / "views", std::nullopt);
  const std::string failure = FailureOf([&] { RocksDbViewStore store({dir / "views"}); });
  EXPECT_NE(failure.find("the view \"mentions\""), std::string::npos) << failure;
  EXPECT_NE(failure.find("has no format"), std::string::npos) << failure;
}

TEST(RocksDbViewStore, AnUnknownViewIsRefusedWithWhatToDo) {
  TempDir dir;
  OpenFamilies families = OpenViewFamilies({dir / "views"}, StoreGuard("views", dir / "views"));
  rocksdb::ColumnFamilyHandle* later = nullptr;
  ASSERT_TRUE(families.db->CreateColumnFamily({}, "audit_tree", &later).ok());
  families.db->DestroyColumnFamilyHandle(later);
  CloseViewFamilies(&families);
  const std::string failure = FailureOf([&] { RocksDbViewStore store({dir / "views"}); });
  EXPECT_NE(failure.find("a view \"audit_tree\""), std::string::npos) << failure;
}

TEST(RocksDbViewStore, ADirectoryThatCannotBeMadeIsNamed) {
  TempDir dir;
  std::ofstream(dir / "file") << "in the way";
  const std::string failure = FailureOf([&] { RocksDbViewStore store({dir / "file/views"}); });
  EXPECT_NE(failure.find(dir / "file"), std::string::npos) << failure;
}

TEST(RocksDbViewStore, AFailedWriteIsTheLastOne) {
  FaultEnv env;
  RocksDbViewStore store({"/views", 1 << 20, env.env()});
  Put(store, View::kUsers, "a", "1");
  env.FailWrites();
  EXPECT_THROW(Put(store, View::kUsers, "b", "1"), StoreFailure);
  EXPECT_NE(store.Failure().find("the disk is broken"), std::string::npos) << store.Failure();
  EXPECT_FALSE(store.RoomAgain());
  env.Heal();
  EXPECT_THROW(Put(store, View::kUsers, "c", "1"), StoreFailure);
  EXPECT_EQ(store.Get(View::kUsers, "a"), "1");
  EXPECT_EQ(store.Get(View::kUsers, "b"), std::nullopt);
  EXPECT_EQ(store.Get(View::kUsers, "c"), std::nullopt);
}

TEST(RocksDbViewStore, ReadOnlyNothingIsMadeOrWritten) {
  FaultEnv env;
  const RocksDbViewStoreOptions reading{"/views", 1 << 20, env.env(),
                                        RocksDbViewStoreOptions::Access::kReadOnly};
  EXPECT_EQ(FailureOf([&] { RocksDbViewStore store(reading); }),
            "there are no read models in /views");
  { RocksDbViewStore store({"/views", 1 << 20, env.env()}); }
  EXPECT_EQ(FailureOf([&] { RocksDbViewStore store(reading); }),
            "there are no read models in /views");
  {
    RocksDbViewStore store({"/views", 1 << 20, env.env()});
    Put(store, View::kCheckpoints, "a", "1");
  }
  env.FailWrites();
  RocksDbViewStore store(reading);
  EXPECT_EQ(store.Get(View::kCheckpoints, "a"), "1");
  EXPECT_EQ(store.Snapshot()->Get(View::kCheckpoints, "a"), "1");
  EXPECT_THROW(Put(store, View::kCheckpoints, "b", "1"), StoreFailure);
}

// Rebuilding is starting again without the directory.
TEST(RocksDbViewStore, MadeAnewFromTheLogTheRowsAreTheSame) {
  LogScript log;
  log.Opens()
      .Then("acme", Created(1, "A", "a@example.org"), {"7", "k"})
      .Loser("acme", Created(1, "B", "b@example.org"))
      .Unknown("other");
  TempDir dir;
  Hash digest;
  std::string described;
  {
    RocksDbViewStore store({dir / "views"});
    ApplyOneByOne(store, log.entries());
    digest = Digest(store);
    described = Describe(store);
  }
  std::filesystem::remove_all(dir / "views");
  RocksDbViewStore store({dir / "views"});
  EXPECT_EQ(Describe(store), "");
  ApplyAll(store, log.entries());
  EXPECT_EQ(Digest(store), digest);
  EXPECT_EQ(Describe(store), described);
}

}  // namespace
}  // namespace contacts::testing
