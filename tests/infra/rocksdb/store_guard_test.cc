#include "infra/rocksdb/store_guard.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <filesystem>

#include "tests/support/fault_env.h"
#include "tests/support/temp_dir.h"

namespace contacts::testing {
namespace {

TEST(StoreGuard, AFullDiskIsNamedWithItsRoom) {
  TempDir dir;
  const StoreGuard guard("views", dir / ".");
  for (const rocksdb::Status& full : {rocksdb::Status::NoSpace("while writing"),
                                      rocksdb::Status::IOError("Disk quota exceeded")}) {
    const std::string cause = guard.Cause(full);
    EXPECT_EQ(cause.find("the disk of " + dir / "." + " is full ("), 0u) << cause;
    EXPECT_NE(cause.find(" bytes are free), make room on it: " + full.ToString()),
              std::string::npos)
        << cause;
  }
  EXPECT_EQ(guard.Cause(rocksdb::Status::IOError("a cable")), "IO error: a cable");
}

TEST(StoreGuard, TheFirstFailureStays) {
  const StoreGuard guard("log", "/log");
  EXPECT_EQ(guard.Failure(), "");
  guard.Note(rocksdb::Status::IOError("first"));
  guard.Note(rocksdb::Status::IOError("second"));
  EXPECT_EQ(guard.Failure(), "IO error: first");
}

TEST(StoreGuard, OnlyAFullDiskCanHaveRoomAgain) {
  TempDir dir;
  const StoreGuard well("log", dir / ".");
  const StoreGuard broken("log", dir / ".");
  broken.Note(rocksdb::Status::IOError("a cable"));
  const StoreGuard was_full("log", dir / ".");
  was_full.Note(rocksdb::Status::NoSpace());
  const StoreGuard gone("log", dir / "gone");
  gone.Note(rocksdb::Status::NoSpace());
  EXPECT_FALSE(well.RoomAgain());
  EXPECT_FALSE(broken.RoomAgain());
  EXPECT_TRUE(was_full.RoomAgain());
  EXPECT_FALSE(gone.RoomAgain());
}

std::unique_ptr<rocksdb::DB> OpenGuarded(const StoreGuard& guard, const std::string& directory,
                                         rocksdb::Env* env) {
  rocksdb::Options options;
  guard.SetOptions(&options);
  options.env = env;
  options.create_if_missing = true;
  rocksdb::DB* db = nullptr;
  EXPECT_TRUE(rocksdb::DB::Open(options, directory, &db).ok());
  return std::unique_ptr<rocksdb::DB>(db);
}

// RocksDB's own log of what it does ended the process on a full disk, by an assertion.
TEST(StoreGuard, RocksDbWritesNoLogOfItsOwn) {
  TempDir dir;
  const StoreGuard guard("log", dir / "db");
  ASSERT_TRUE(OpenGuarded(guard, dir / "db", rocksdb::Env::Default())->Put({}, "k", "v").ok());
  EXPECT_FALSE(std::filesystem::exists(dir / "db/LOG"));
}

// On a full disk RocksDB tried every few seconds and, once there was room, wrote on.
TEST(StoreGuard, RocksDbDoesNotGoOnByItself) {
  rocksdb::DBOptions options;
  StoreGuard("log", "/db").SetOptions(&options);
  ASSERT_EQ(options.listeners.size(), 1u);
  bool goes_on = true;
  options.listeners[0]->OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason::kFlush,
                                             rocksdb::Status::NoSpace(), &goes_on);
  EXPECT_FALSE(goes_on);
}

TEST(StoreGuard, AFailureInTheBackgroundIsTheLast) {
  FaultEnv disk;
  const StoreGuard guard("log", "/db");
  const auto db = OpenGuarded(guard, "/db", disk.env());
  ASSERT_TRUE(db->Put({}, "k", "v").ok());
  disk.FailWrites();
  EXPECT_FALSE(db->Flush({}).ok());
  EXPECT_NE(guard.Failure().find("the disk is broken"), std::string::npos) << guard.Failure();
  disk.Heal();
  EXPECT_NE(guard.Failure(), "");
}

}  // namespace
}  // namespace contacts::testing
