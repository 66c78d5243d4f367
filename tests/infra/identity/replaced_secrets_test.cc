// Given hashes in a store on disk, only those that history has replaced are erased.
#include "infra/identity/replaced_secrets.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <memory>
#include <set>

#include "infra/local_store/local_store.h"
#include "projections/store/keys.h"
#include "tests/infra/identity/memory_secret_store.h"
#include "tests/support/acme.h"
#include "tests/support/memory_view_store.h"
#include "tests/support/temp_dir.h"

namespace contacts {
namespace {

class ReplacedSecretsTest : public ::testing::Test {
 protected:
  ReplacedSecretsTest() {
    for (const char* id : {"1-old", "1-older", "1-now", "12-old", "12-now"}) Put(id);
    Replace("1", "1-old");
    Replace("1", "1-older");
    Replace("12", "12-old");
  }

  void Put(const std::string& id) { ASSERT_TRUE(secrets_->Put(id, "hash").ok()); }
  void Replace(const std::string& user, const std::string& id) {
    ViewBatch batch;
    batch.Put(View::kReplaced, keys::Replaced(kAcme, UserId{user}, id), id);
    views_.Write(batch);
  }
  std::set<std::string> Left() {
    replaced_.Finish();
    std::set<std::string> ids;
    EXPECT_TRUE(local_
                    ->Scan(LocalStore::Table::kCredentials,
                           [&](std::string_view id, std::string_view) {
                             ids.emplace(id);
                             return true;
                           })
                    .ok());
    return ids;
  }
  uintmax_t Written() {
    uintmax_t bytes = 0;
    for (const auto& file : std::filesystem::directory_iterator(directory_ / "local")) {
      if (file.path().extension() == ".log") bytes += file.file_size();
    }
    return bytes;
  }

  testing::TempDir directory_;
  std::unique_ptr<LocalStore> local_ = std::move(LocalStore::Open(directory_ / "local")).value();
  std::unique_ptr<LocalSecretStore> secrets_ = std::make_unique<LocalSecretStore>(*local_);
  MemoryViewStore views_;
  std::atomic<bool> caught_up_{true};
  ReplacedSecrets replaced_{*secrets_, views_, [this] { return caught_up_.load(); }};
};

TEST_F(ReplacedSecretsTest, AHashThatANewerPasswordReplacedIsErased) {
  replaced_.EraseOf(kAcme, UserId{"1"});
  EXPECT_EQ(Left(), (std::set<std::string>{"1-now", "12-now", "12-old"}));
  replaced_.EraseAll();
  EXPECT_EQ(Left(), (std::set<std::string>{"1-now", "12-now"}));
}

TEST_F(ReplacedSecretsTest, NothingIsErasedDuringTheFirstCatchUp) {
  caught_up_ = false;
  replaced_.EraseAll();
  replaced_.EraseOf(kAcme, UserId{"1"});
  EXPECT_EQ(Left().size(), 5U);
  caught_up_ = true;
  replaced_.EraseAll();
  EXPECT_EQ(Left().size(), 2U);
}

TEST_F(ReplacedSecretsTest, AHashThatIsGoneIsNotErasedAgain) {
  replaced_.EraseAll();
  EXPECT_EQ(Left().size(), 2U);
  const uintmax_t before = Written();
  replaced_.EraseAll();
  EXPECT_EQ(Left().size(), 2U);
  EXPECT_EQ(Written(), before);
}

TEST_F(ReplacedSecretsTest, OnlyACertainRefusalErasesTheHashOfItsCommand) {
  for (const ErrorCode unsure : {ErrorCode::kUnknownOutcome, ErrorCode::kInternal}) {
    replaced_.Refused("1-now", {unsure, "who knows"});
  }
  EXPECT_EQ(Left().size(), 5U);
  Put("refused");
  replaced_.Refused("refused", {ErrorCode::kNotFound, "there is no user joe"});
  EXPECT_EQ(Left().size(), 5U);
}

// Fulfils `begun` at the first erasure.
class CountedErasures : public MemorySecretStore {
 public:
  Result<bool> Erase(std::string_view id) override {
    if (erased++ == 0) begun.set_value();
    return MemorySecretStore::Erase(id);
  }
  std::promise<void> begun;
  int erased = 0;
};

class ManyReplacedTest : public ::testing::Test {
 protected:
  static constexpr int kMany = 3000;

  ManyReplacedTest() {
    ViewBatch batch;
    for (int i = 0; i < kMany; ++i) {
      const std::string id = "id-" + std::to_string(i);
      batch.Put(View::kReplaced, keys::Replaced(kAcme, UserId{"1"}, id), id);
      secrets_.secrets[id] = "hash";
    }
    views_.Write(batch);
  }

  CountedErasures secrets_;
  MemoryViewStore views_;
  ReplacedSecrets replaced_{secrets_, views_, [] { return true; }};
};

// A SIGTERM took effect only when every hash that was ever replaced had been erased.
TEST_F(ManyReplacedTest, StoppingDoesNotWaitForAllOfThem) {
  replaced_.EraseAll();
  secrets_.begun.get_future().wait();
  replaced_.Stop();
  EXPECT_LT(secrets_.erased, kMany / 2);
}

TEST_F(ManyReplacedTest, AStoreThatFailsIsNotAskedForTheRest) {
  secrets_.failing = true;
  replaced_.EraseAll();
  replaced_.Finish();
  EXPECT_EQ(secrets_.gets, 1);
}

}  // namespace
}  // namespace contacts
