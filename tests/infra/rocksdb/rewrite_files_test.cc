#include "infra/rocksdb/rewrite_files.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <set>

#include "tests/support/temp_dir.h"

namespace contacts::testing {
namespace {

// A store without compression, so that each byte of a row can be searched for.
class Store {
 public:
  explicit Store(const std::string& directory) : directory_(directory) {
    rocksdb::Options options;
    SetRewritable(&options);
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    options.compression = rocksdb::kNoCompression;
    rocksdb::DB* db = nullptr;
    const rocksdb::ColumnFamilyOptions family(options);
    EXPECT_TRUE(
        rocksdb::DB::Open(
            options, directory,
            {{rocksdb::kDefaultColumnFamilyName, family}, {"people", family}, {"archive", family}},
            &families_, &db)
            .ok());
    db_.reset(db);
  }
  ~Store() {
    for (auto* family : families_) db_->DestroyColumnFamilyHandle(family);
  }
  rocksdb::DB& db() { return *db_; }
  rocksdb::ColumnFamilyHandle* people() { return families_[1]; }
  rocksdb::ColumnFamilyHandle* archive() { return families_[2]; }

  void Put(const std::string& key, const std::string& value) {
    EXPECT_TRUE(db_->Put({}, people(), key, value).ok());
  }
  void Erase(const std::string& key) { EXPECT_TRUE(db_->Delete({}, people(), key).ok()); }
  void Flush() { EXPECT_TRUE(db_->Flush({}, families_).ok()); }
  Result<bool> Rewrite(std::atomic<bool>& stop) {
    return RewriteFiles(
        {*db_, directory_, families_, {families_[0], families_[1]}, families_.front()}, stop);
  }
  Result<bool> Rewrite() {
    std::atomic<bool> stop{false};
    return Rewrite(stop);
  }
  std::string Get(const std::string& key) {
    std::string value;
    return db_->Get({}, people(), key, &value).ok() ? value : "";
  }

  // The kinds of files that hold the word: "log", "sst", "MANIFEST".
  std::set<std::string> Holders(const std::string& word) const {
    std::set<std::string> kinds;
    for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file), {}};
      if (bytes.find(word) == std::string::npos) continue;
      const std::string name = entry.path().filename().string();
      kinds.insert(name.substr(0, 8) == "MANIFEST" ? "MANIFEST" : name.substr(name.rfind('.') + 1));
    }
    return kinds;
  }

 private:
  const std::string directory_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
  std::unique_ptr<rocksdb::DB> db_;
};

using Kinds = std::set<std::string>;

TEST(RewriteFiles, NoFileHoldsAnErasedRowAnyMore) {
  TempDir dir;
  Store store(dir / ".");
  store.Put("jane@example.com", "Jane Doe");
  EXPECT_EQ(store.Holders("Jane Doe"), Kinds({"log"}));
  store.Flush();
  EXPECT_EQ(store.Holders("jane@example.com"), Kinds({"sst", "MANIFEST"}));  // the control
  EXPECT_TRUE(*store.Rewrite());  // her table is in the bottommost level now
  store.Put("max@example.com", "Max Doe");
  store.Erase("jane@example.com");
  EXPECT_EQ(store.Holders("jane@example.com"), Kinds({"log", "sst", "MANIFEST"}));

  EXPECT_TRUE(*store.Rewrite());
  EXPECT_EQ(store.Holders("jane@example.com"), Kinds());
  EXPECT_EQ(store.Holders("Jane Doe"), Kinds());
  EXPECT_EQ(store.Get("max@example.com"), "Max Doe");
  EXPECT_EQ(store.Holders("max@example.com"), Kinds({"sst", "MANIFEST"}));
}

TEST(RewriteFiles, AReplacedRowGoesToo) {
  TempDir dir;
  Store store(dir / ".");
  store.Put("7", "an early name");
  store.Flush();
  store.Put("7", "a late name");
  EXPECT_TRUE(*store.Rewrite());
  EXPECT_EQ(store.Holders("an early name"), Kinds());
  EXPECT_EQ(store.Holders("a late name"), Kinds({"sst"}));
}

TEST(RewriteFiles, TablesOfArchivesStay) {
  TempDir dir;
  Store store(dir / ".");
  EXPECT_TRUE(store.db().Put({}, store.archive(), "1", "a sealed record").ok());
  store.Flush();
  const std::string before = [&] {
    rocksdb::ColumnFamilyMetaData meta;
    store.db().GetColumnFamilyMetaData(store.archive(), &meta);
    return meta.levels.front().files.front().name;
  }();
  EXPECT_TRUE(*store.Rewrite());
  rocksdb::ColumnFamilyMetaData meta;
  store.db().GetColumnFamilyMetaData(store.archive(), &meta);
  EXPECT_EQ(meta.levels.front().files.front().name, before);
}

TEST(RewriteFiles, WaitsForSnapshotsAndReadersFromBefore) {
  TempDir dir;
  Store store(dir / ".");
  store.Put("jane", "Jane Doe");
  store.Flush();
  const rocksdb::Snapshot* const snapshot = store.db().GetSnapshot();
  store.Erase("jane");
  auto rewritten = std::async(std::launch::async, [&] { return store.Rewrite(); });
  EXPECT_EQ(rewritten.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  std::unique_ptr<rocksdb::Iterator> reader(store.db().NewIterator({}, store.people()));
  reader->SeekToFirst();
  store.db().ReleaseSnapshot(snapshot);
  EXPECT_EQ(rewritten.wait_for(std::chrono::milliseconds(300)), std::future_status::timeout)
      << "the reader holds the old tables";
  reader.reset();
  EXPECT_TRUE(*rewritten.get());
  EXPECT_EQ(store.Holders("Jane Doe"), Kinds());
}

// A bug once: RocksDB kept the empty log of a process that wrote nothing, and it was waited for.
TEST(RewriteFiles, DoesNotWaitForTheEmptyLogOfAnEarlierProcess) {
  TempDir dir;
  {
    Store first(dir / ".");
    first.Put("jane", "Jane Doe");
    EXPECT_TRUE(*first.Rewrite());
  }
  (void)Store(dir / ".");
  Store store(dir / ".");
  store.Erase("jane");
  std::atomic<bool> stop{false};
  auto rewritten = std::async(std::launch::async, [&] { return store.Rewrite(stop); });
  EXPECT_EQ(rewritten.wait_for(std::chrono::seconds(30)), std::future_status::ready);
  stop = true;
  EXPECT_TRUE(*rewritten.get());
  EXPECT_EQ(store.Holders("Jane Doe"), Kinds());
}

TEST(RewriteFiles, StopsWhenItIsTold) {
  TempDir dir;
  Store store(dir / ".");
  store.Put("jane", "Jane Doe");
  const rocksdb::Snapshot* const snapshot = store.db().GetSnapshot();
  store.Erase("jane");
  std::atomic<bool> stop{false};
  auto rewritten = std::async(std::launch::async, [&] { return store.Rewrite(stop); });
  EXPECT_EQ(rewritten.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  stop = true;
  EXPECT_FALSE(*rewritten.get());
  store.db().ReleaseSnapshot(snapshot);
}

}  // namespace
}  // namespace contacts::testing
