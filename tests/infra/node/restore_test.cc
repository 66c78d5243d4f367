#include "infra/node/restore.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "infra/embedded/embedded_log.h"
#include "infra/embedded/log_facts.h"
#include "infra/local_store/local_store.h"

namespace contacts {
namespace {

namespace fs = std::filesystem;

class RestoreTest : public ::testing::Test {
 protected:
  RestoreTest()
      : path_(fs::temp_directory_path() / ("contacts-restore-" + std::to_string(getpid()))) {
    fs::remove_all(path_);
    Open();
  }
  ~RestoreTest() override { fs::remove_all(path_); }

  std::string PathOf(const std::string& name) const { return (path_ / name).string(); }
  void Open() {
    directory_.reset();
    auto opened = DataDirectory::Open(PathOf("data"));
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    directory_ = std::move(*opened);
  }
  // One start of a server: an opening record.
  void Start() { EmbeddedLog({.directory = PathOf("data/log")}); }
  void Back(const std::string& name) {
    fs::copy(PathOf("data"), PathOf(name), fs::copy_options::recursive);
  }
  embedded::LogFacts Facts(const std::string& log = "data/log") {
    const auto facts = embedded::CheckLog(PathOf(log));
    EXPECT_TRUE(facts.ok());
    return facts.ok() ? *facts : embedded::LogFacts{};
  }
  static void Write(const std::string& path, const std::string& text) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << text;
  }
  static std::string Read(const std::string& path) {
    std::string text;
    std::ifstream(path) >> text;
    return text;
  }

  const fs::path path_;
  std::unique_ptr<DataDirectory> directory_;
};

TEST_F(RestoreTest, TheCopyIsInPlaceAndTheNextStartBeginsAnEpoch) {
  Start();
  Back("copy");
  Start();
  Start();
  const auto restored = RestoreFrom(PathOf("copy"), *directory_, std::nullopt);
  ASSERT_TRUE(restored.ok()) << restored.error().message;
  EXPECT_EQ(restored->epoch, 2);
  EXPECT_EQ(restored->entries, 1);
  EXPECT_EQ(restored->replaced, 3);
  EXPECT_EQ(Facts().epoch, 2);
  EXPECT_EQ(Facts().entries, 1);
  EXPECT_EQ(Facts("data/log.before-epoch-2").entries, 3);
  EXPECT_EQ(Facts("copy/log").epoch, 1);
  EXPECT_FALSE(IsRestoring(*directory_));
  Start();
  EXPECT_EQ(Facts().entries, 2);
}

TEST_F(RestoreTest, ASecondRestoreOfTheSameCopyBeginsAThirdEpoch) {
  Start();
  Back("copy");
  ASSERT_TRUE(RestoreFrom(PathOf("copy"), *directory_, std::nullopt).ok());
  Start();
  const auto again = RestoreFrom(PathOf("copy"), *directory_, std::nullopt);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again->epoch, 3);
}

TEST_F(RestoreTest, TheEpochIsKnownAlsoWhenTheLogIsDamaged) {
  Start();
  Back("copy");
  ASSERT_TRUE(RestoreFrom(PathOf("copy"), *directory_, 5).ok());
  Write(PathOf("data/log/CURRENT"), "damage\n");
  const auto again = RestoreFrom(PathOf("copy"), *directory_, std::nullopt);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again->epoch, 6);
  EXPECT_FALSE(again->replaced);
}

TEST_F(RestoreTest, AnEpochThatIsKnownIsRefused) {
  Start();
  Back("copy");
  ASSERT_TRUE(RestoreFrom(PathOf("copy"), *directory_, std::nullopt).ok());
  const auto refused = RestoreFrom(PathOf("copy"), *directory_, 2);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message,
            "--epoch must be higher than 2, the epoch that the log had already.");
}

TEST_F(RestoreTest, WhatIsNoCopyOfThisLogChangesNothing) {
  Start();
  const std::string id = Facts().log_id;
  EXPECT_FALSE(RestoreFrom(PathOf("nothing"), *directory_, std::nullopt).ok());
  EXPECT_FALSE(RestoreFrom(PathOf("data"), *directory_, std::nullopt).ok());
  EmbeddedLog({.directory = PathOf("other/log")});
  const auto other = RestoreFrom(PathOf("other"), *directory_, std::nullopt);
  ASSERT_FALSE(other.ok());
  EXPECT_NE(other.error().message.find("another log"), std::string::npos);
  EXPECT_EQ(Facts().log_id, id);
  EXPECT_EQ(Facts().epoch, 1);
}

TEST_F(RestoreTest, ACopyInUseIsRefused) {
  Start();
  Back("copy");
  const auto used = DataDirectory::Open(PathOf("copy"));
  ASSERT_TRUE(used.ok());
  const auto refused = RestoreFrom(PathOf("copy"), *directory_, std::nullopt);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("is using"), std::string::npos);
}

TEST_F(RestoreTest, ACopyThatIsDamagedChangesNothing) {
  Start();
  Back("copy");
  for (const auto& file : fs::directory_iterator(PathOf("copy/log"))) {
    if (file.path().extension() == ".log") Write(file.path(), "damage");
  }
  EXPECT_FALSE(RestoreFrom(PathOf("copy"), *directory_, std::nullopt).ok());
  EXPECT_EQ(Facts().entries, 1);
  EXPECT_EQ(Facts().epoch, 1);
}

TEST_F(RestoreTest, ACopyPutInPlaceByHandBeginsAnEpochHere) {
  Start();
  Write(PathOf("data/views/row"), "x");
  const auto restored = RestoreHere(*directory_, std::nullopt);
  ASSERT_TRUE(restored.ok()) << restored.error().message;
  EXPECT_EQ(restored->epoch, 2);
  EXPECT_EQ(Facts().epoch, 2);
  EXPECT_FALSE(fs::exists(PathOf("data/views")));
}

TEST_F(RestoreTest, TheNewestSessionsOfTheDirectoryAreKept) {
  const auto put = [](const std::string& store, LocalStore::Table table, const std::string& key) {
    auto opened = LocalStore::Open(store);
    ASSERT_TRUE(opened.ok());
    ASSERT_TRUE((*opened)->Put(table, key, "row", LocalStore::Durability::kSynced).ok());
  };
  const auto has = [](const std::string& store, LocalStore::Table table, const std::string& key) {
    auto opened = LocalStore::Open(store);
    return opened.ok() && (*opened)->Get(table, key).ok() && *(*opened)->Get(table, key);
  };
  using Table = LocalStore::Table;
  Start();
  put(PathOf("data/local"), Table::kSessions, "ended since");
  put(PathOf("data/local"), Table::kCredentials, "replaced since");
  Back("copy");
  fs::remove_all(PathOf("data/local"));
  put(PathOf("data/local"), Table::kSessions, "newer");
  ASSERT_TRUE(RestoreFrom(PathOf("copy"), *directory_, std::nullopt).ok());
  EXPECT_TRUE(has(PathOf("data/local"), Table::kSessions, "newer"));
  EXPECT_FALSE(has(PathOf("data/local"), Table::kSessions, "ended since"));
  EXPECT_TRUE(has(PathOf("data/local"), Table::kCredentials, "replaced since"));
}

// --- crash points: what a power cut leaves is finished by the next process, to the same end ---

class RestoreCrash : public RestoreTest, public ::testing::WithParamInterface<int> {};

TEST_P(RestoreCrash, IsFinishedByWhoeverOpensTheDirectoryNext) {
  const int steps = GetParam();
  Write(PathOf("data/log/which"), "old");
  Write(PathOf("data/local/which"), "old");
  Write(PathOf("data/views/which"), "old");
  Write(PathOf("data/restore.ready/log/which"), "new");
  Write(PathOf("data/restore.ready/local/which"), "new");
  Write(PathOf("data/restore.ready/epoch"), "2\n");
  const auto step = [&](int number, const auto& done) {
    if (steps >= number) done();
  };
  step(1, [&] { fs::rename(PathOf("data/log"), PathOf("data/log.before-epoch-2")); });
  step(2, [&] { fs::rename(PathOf("data/restore.ready/log"), PathOf("data/log")); });
  step(3, [&] { fs::rename(PathOf("data/local"), PathOf("data/local.before-epoch-2")); });
  step(4, [&] { fs::rename(PathOf("data/restore.ready/local"), PathOf("data/local")); });
  step(5, [&] { fs::remove_all(PathOf("data/views")); });
  step(6, [&] { Write(PathOf("data/epoch"), "2\n"); });
  EXPECT_TRUE(IsRestoring(*directory_));
  const auto finished = FinishRestore(*directory_);
  ASSERT_TRUE(finished.ok()) << finished.error().message;
  EXPECT_TRUE(*finished);
  EXPECT_EQ(Read(PathOf("data/log/which")), "new");
  EXPECT_EQ(Read(PathOf("data/local/which")), "new");
  EXPECT_EQ(Read(PathOf("data/log.before-epoch-2/which")), "old");
  EXPECT_EQ(Read(PathOf("data/local.before-epoch-2/which")), "old");
  EXPECT_FALSE(fs::exists(PathOf("data/views")));
  EXPECT_EQ(Read(PathOf("data/epoch")), "2");
  EXPECT_FALSE(IsRestoring(*directory_));
  EXPECT_FALSE(*FinishRestore(*directory_));
}

INSTANTIATE_TEST_SUITE_P(Steps, RestoreCrash, ::testing::Range(0, 7));

TEST_F(RestoreTest, ACopyThatIsNotCompleteIsMadeAnew) {
  Start();
  Back("copy");
  Write(PathOf("data/restore.new/log/CURRENT"), "half");
  EXPECT_FALSE(IsRestoring(*directory_));
  EXPECT_EQ(Facts().epoch, 1);
  ASSERT_TRUE(RestoreFrom(PathOf("copy"), *directory_, std::nullopt).ok());
  EXPECT_EQ(Facts().epoch, 2);
  EXPECT_FALSE(fs::exists(PathOf("data/restore.new")));
}

}  // namespace
}  // namespace contacts
