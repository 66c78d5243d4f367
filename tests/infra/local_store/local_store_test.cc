// The store of sessions and passwords never loses a synced row silently.
#include "infra/local_store/local_store.h"

#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <functional>

#include "tests/support/fault_env.h"

namespace contacts::testing {
namespace {

using Table = LocalStore::Table;
using Durability = LocalStore::Durability;

constexpr const char* kStore = "/local";

class LocalStoreTest : public ::testing::Test {
 protected:
  LocalStore::Options Options() { return {.directory = kStore, .env = disk_.env()}; }
  std::unique_ptr<LocalStore> Open() {
    auto opened = LocalStore::Open(Options());
    EXPECT_TRUE(opened.ok()) << opened.error().message;
    return opened.ok() ? std::move(*opened) : nullptr;
  }
  std::string Refusal() {
    const auto opened = LocalStore::Open(Options());
    return opened.ok() ? "" : opened.error().message;
  }
  static bool Put(LocalStore& store, const std::string& key) {
    return store.Put(Table::kCredentials, key, "hash of " + key, Durability::kSynced).ok();
  }
  void MakeRows(int count) {
    const auto store = Open();
    for (int i = 0; i < count; ++i) ASSERT_TRUE(Put(*store, "key " + std::to_string(i)));
  }
  // The row's value, or the error's message.
  static std::string RowOf(const Result<std::optional<std::string>>& row) {
    return !row.ok() ? row.error().message : row->value_or("none");
  }

  // Changes rows without the store, with its column families open.
  void Tamper(const std::function<void(rocksdb::DB&)>& change) {
    rocksdb::Options options;
    options.env = disk_.env();
    std::vector<std::string> names;
    ASSERT_TRUE(rocksdb::DB::ListColumnFamilies(options, kStore, &names).ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string& name : names) families.emplace_back(name, options);
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* opened = nullptr;
    ASSERT_TRUE(rocksdb::DB::Open(options, kStore, families, &handles, &opened).ok());
    const std::unique_ptr<rocksdb::DB> db(opened);
    change(*db);
    for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
  }
  // The file that is not empty and has this ending.
  std::string FileLike(const std::string& end) {
    std::vector<std::string> names;
    EXPECT_TRUE(disk_.env()->GetChildren(kStore, &names).ok());
    for (const std::string& name : names) {
      const std::string path = kStore + ("/" + name);
      if (name.ends_with(end) && !Content(path).empty()) return path;
    }
    ADD_FAILURE() << "no " << end;
    return "";
  }
  std::string Content(const std::string& path) {
    std::string content;
    EXPECT_TRUE(rocksdb::ReadFileToString(disk_.env(), path, &content).ok());
    return content;
  }
  void Overwrite(const std::string& path, const std::string& content) {
    ASSERT_TRUE(rocksdb::WriteStringToFile(disk_.env(), content, path).ok());
  }
  void ExpectDamageNamed(const std::string& message) {
    EXPECT_NE(message.find("in /local is damaged: Corruption"), std::string::npos) << message;
    EXPECT_NE(message.find("Restore the directory from a backup"), std::string::npos) << message;
  }

  FaultEnv disk_;
};

// RocksDB's default silently dropped all rows after the damage.
TEST_F(LocalStoreTest, DamageBeforeTheEndOfTheNewestWritesIsNamed) {
  MakeRows(5);
  const std::string path = FileLike(".log");
  std::string content = Content(path);
  const size_t at = content.find("hash of key 1");
  ASSERT_NE(at, std::string::npos);
  content[at] ^= 1;
  Overwrite(path, content);
  ExpectDamageNamed(Refusal());
}

TEST_F(LocalStoreTest, AnInterruptedLastWriteIsDropped) {
  MakeRows(5);
  const std::string path = FileLike(".log");
  const std::string content = Content(path);
  Overwrite(path, content.substr(0, content.size() - 5));
  const auto store = Open();
  EXPECT_EQ(RowOf(store->Get(Table::kCredentials, "key 3")), "hash of key 3");
  EXPECT_EQ(RowOf(store->Get(Table::kCredentials, "key 4")), "none");
}

TEST_F(LocalStoreTest, DamageOfAFileOfRowsIsNamed) {
  MakeRows(5);
  Open();  // which writes the rows into a file
  const std::string path = FileLike(".sst");
  const std::string content = Content(path);
  int named = 0;
  for (size_t at = 0; at < content.size(); at += 7) {
    std::string flipped = content;
    flipped[at] ^= 1;
    Overwrite(path, flipped);
    const auto opened = LocalStore::Open(
        {.directory = kStore, .access = LocalStore::Access::kReadOnly, .env = disk_.env()});
    if (!opened.ok()) {
      ++named;
      ExpectDamageNamed(opened.error().message);
      continue;
    }
    for (int i = 0; i < 5; ++i) {
      const std::string key = "key " + std::to_string(i);
      const auto row = (*opened)->Get(Table::kCredentials, key);
      if (row.ok()) {
        EXPECT_EQ(RowOf(row), "hash of " + key) << "byte " << at;
      } else {
        EXPECT_EQ(row.error().message, "The store of sessions and passwords cannot be read.");
      }
    }
  }
  EXPECT_GT(named, 0);
}

TEST_F(LocalStoreTest, AFormatOfANewerBuildIsNamedAndLeftAlone) {
  MakeRows(1);
  Tamper([](rocksdb::DB& db) { ASSERT_TRUE(db.Put({}, "format", "2").ok()); });
  const std::string refusal =
      "The store of sessions and passwords in /local has the format 2, which this build does not "
      "know; use the build that wrote it.";
  EXPECT_EQ(Refusal(), refusal);
  EXPECT_EQ(Refusal(), refusal);
}

TEST_F(LocalStoreTest, ATableOfANewerBuildIsNamed) {
  MakeRows(1);
  Tamper([](rocksdb::DB& db) {
    rocksdb::ColumnFamilyHandle* later = nullptr;
    ASSERT_TRUE(db.CreateColumnFamily({}, "later", &later).ok());
    db.DestroyColumnFamilyHandle(later);
  });
  EXPECT_NE(Refusal().find("has a table \"later\", which this build does not know"),
            std::string::npos);
}

TEST_F(LocalStoreTest, AStoreOfABuildBeforeFormatsIsTakenOver) {
  MakeRows(1);
  Tamper([](rocksdb::DB& db) { ASSERT_TRUE(db.Delete({}, "format").ok()); });
  EXPECT_EQ(RowOf(Open()->Get(Table::kCredentials, "key 0")), "hash of key 0");
  Tamper([](rocksdb::DB& db) {
    std::string format;
    ASSERT_TRUE(db.Get({}, "format", &format).ok());
    EXPECT_EQ(format, "1");
  });
}

// The table of keys is newer than the others.
TEST_F(LocalStoreTest, AStoreOfABuildBeforeKeysIsTakenOver) {
  MakeRows(1);
  rocksdb::Options options;
  options.env = disk_.env();
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const char* name : {"default", "sessions", "credentials", "keys"}) {
    families.emplace_back(name, options);
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, kStore, families, &handles, &opened).ok());
  ASSERT_TRUE(opened->DropColumnFamily(handles.back()).ok());
  for (auto* handle : handles) opened->DestroyColumnFamilyHandle(handle);
  delete opened;
  auto only_read = Options();
  only_read.access = LocalStore::Access::kReadOnly;
  {
    auto store = LocalStore::Open(only_read);
    ASSERT_TRUE(store.ok()) << store.error().message;
    LocalSecretStore secrets(**store);
    EXPECT_EQ(RowOf(secrets.Get("key 0")), "none");  // an id of a key tree by its first letter
    EXPECT_EQ(RowOf((*store)->Get(Table::kCredentials, "key 0")), "hash of key 0");
    int visited = 0;
    EXPECT_TRUE(secrets.Scan("k", [&](auto, auto) { ++visited; }).ok());
    EXPECT_EQ(visited, 0);
  }
  const auto store = Open();
  EXPECT_TRUE(LocalSecretStore(*store).Put("k1", "seed").ok());
  EXPECT_EQ(RowOf(store->Get(Table::kKeys, "k1")), "seed");
}

TEST_F(LocalStoreTest, SecretsAreScannedByPrefixInOrderAndChangesAreTold) {
  const auto store = Open();
  LocalSecretStore secrets(*store);
  std::string told;
  secrets.OnChange([&](std::string_view id, const std::optional<std::string_view>& secret) {
    told += std::string(id) + "=" + std::string(secret.value_or("gone")) + " ";
  });
  ASSERT_TRUE(secrets.Put("sha", "hash").ok());
  ASSERT_TRUE(secrets.PutAll({{"kb", "2"}, {"ka", "1"}, {"gc", "3"}}).ok());
  ASSERT_TRUE(secrets.Erase("ka").ok());
  EXPECT_EQ(told, "sha=hash kb=2 ka=1 gc=3 ka=gone ");
  ASSERT_TRUE(secrets.Put("ka", "4").ok());
  const auto scanned = [&](std::string_view prefix) {
    std::string all;
    EXPECT_TRUE(secrets
                    .Scan(prefix,
                          [&](auto id, auto secret) {
                            all += std::string(id) + "=" + std::string(secret) + " ";
                          })
                    .ok());
    return all;
  };
  EXPECT_EQ(scanned("k"), "ka=4 kb=2 ");
  EXPECT_EQ(scanned("g"), "gc=3 ");
  EXPECT_EQ(scanned("s"), "sha=hash ");
  EXPECT_EQ(scanned(""), "gc=3 ka=4 kb=2 sha=hash ");
}

TEST_F(LocalStoreTest, AFailedWriteIsTheLastOne) {
  {
    const auto store = Open();
    ASSERT_TRUE(Put(*store, "before"));
    EXPECT_EQ(store->Failure(), "");
    disk_.FailWrites();
    const auto failed = store->Erase(Table::kCredentials, "before", Durability::kSynced);
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(failed.error().message, "The store of sessions and passwords cannot be written.");
    EXPECT_GT(failed.error().retry_after_seconds, 0);
    disk_.Heal();
    EXPECT_FALSE(Put(*store, "after"));
    EXPECT_NE(store->Failure().find("the disk is broken"), std::string::npos) << store->Failure();
    EXPECT_EQ(RowOf(store->Get(Table::kCredentials, "before")), "hash of before");
  }
  const auto again = Open();
  EXPECT_EQ(RowOf(again->Get(Table::kCredentials, "after")), "none");
  EXPECT_TRUE(Put(*again, "after"));
}

TEST_F(LocalStoreTest, AReadOnlyStoreMakesAndWritesNothing) {
  LocalStore::Options reading = Options();
  reading.access = LocalStore::Access::kReadOnly;
  EXPECT_EQ(LocalStore::Open(reading).error().message,
            "There is no store of sessions and passwords in /local.");
  MakeRows(1);
  disk_.FailWrites();
  const auto store = LocalStore::Open(reading);
  ASSERT_TRUE(store.ok()) << store.error().message;
  EXPECT_EQ(RowOf((*store)->Get(Table::kCredentials, "key 0")), "hash of key 0");
  EXPECT_FALSE(Put(**store, "more"));
}

}  // namespace
}  // namespace contacts::testing
