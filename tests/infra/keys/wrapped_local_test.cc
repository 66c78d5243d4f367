// Wrapped secrets in the embedded store: what its files hold, and key trees on it.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include "infra/keys/stored_keys.h"
#include "infra/local_store/local_store.h"
#include "tests/infra/keys/wrapped.h"
#include "tests/support/acme.h"
#include "tests/support/temp_dir.h"

namespace contacts::testing {
namespace {

const seal::Leaf kWrappedJane{42};
const seal::Leaf kWrappedJo{43};

class WrappedLocal : public ::testing::Test {
 protected:
  // One process on the directory.
  struct Process {
    Process(const std::string& directory, const MasterKeyFile& with) {
      auto opened = LocalStore::Open(directory);
      local = std::move(*opened);
      auto wrapped = WrappedSecrets::Open(std::make_unique<LocalSecretStore>(*local), with);
      secrets = std::move(*wrapped);
      auto stored = StoredKeys::Open(*secrets, keyring, {.others_after = {}, .at_random = {}});
      keys = std::move(*stored);
    }
    std::unique_ptr<LocalStore> local;
    std::unique_ptr<WrappedSecrets> secrets;
    seal::Keyring keyring;
    std::unique_ptr<StoredKeys> keys;
  };

  // All that the files hold, also what was overwritten.
  std::string Bytes() const {
    std::string bytes;
    for (const auto& file : std::filesystem::directory_iterator(dir_.path())) {
      std::ifstream in(file.path(), std::ios::binary);
      bytes.append(std::istreambuf_iterator<char>(in), {});
    }
    return bytes;
  }
  // The plain values that the process has, looked for in its files.
  static int Found(const std::string& bytes, SecretStore& store) {
    int found = 0;
    EXPECT_TRUE(store
                    .Scan("",
                          [&](auto, std::string_view secret) {
                            if (secret.size() >= 32 && bytes.find(secret) != std::string::npos)
                              ++found;
                          })
                    .ok());
    return found;
  }

  TempDir dir_;
  const std::string id_ = SecretIdOf(kHash);
};

TEST_F(WrappedLocal, TheFilesHoldNoPlainSecret) {
  for (const bool wraps : {false, true}) {
    Process process(dir_.path(), Keys(wraps ? std::vector<uint8_t>{1} : std::vector<uint8_t>{}));
    ASSERT_TRUE(process.secrets->Put(id_, kHash).ok());
    ASSERT_TRUE(process.keys->EnsureTree(kAcme).ok());
    EXPECT_EQ(Found(Bytes(), *process.secrets), wraps ? 0 : 2) << "a hash and a root";
    process.keys.reset();
    process.secrets.reset();
    process.local.reset();
    std::filesystem::remove_all(dir_.path());
  }
}

// Old files hold what was stored before the wrapping, until they are rewritten.
TEST_F(WrappedLocal, OnceWrappedAndRewrittenNoFileHoldsWhatWasPlain) {
  {
    Process plain(dir_.path(), Keys({}));
    ASSERT_TRUE(plain.secrets->Put(id_, kHash).ok());
    ASSERT_TRUE(plain.keys->EnsureTree(kAcme).ok());
  }
  Process process(dir_.path(), Keys({1}));
  ASSERT_TRUE(process.secrets->WrapAll([](auto) { return false; }).ok());
  EXPECT_EQ(Found(Bytes(), *process.secrets), 2) << "the control: a hash and a root";
  std::atomic<bool> stop{false};
  EXPECT_TRUE(*process.local->RewriteFiles(stop));
  EXPECT_EQ(Found(Bytes(), *process.secrets), 0);
}

TEST_F(WrappedLocal, AnErasureAndAWrappingOfAllGoTogether) {
  std::optional<seal::TreeId> tree;
  std::optional<seal::Seed> jos;
  {
    Process plain(dir_.path(), Keys({}));
    tree = *plain.keys->EnsureTree(kAcme);
    jos = plain.keyring.Find(kAcme, *tree, kWrappedJo).key;
  }
  {
    Process process(dir_.path(), Keys({1}));
    ASSERT_TRUE(process.keys->Erase(kAcme, kWrappedJane).ok());
    const auto done = process.secrets->WrapAll([](auto) { return false; });
    ASSERT_TRUE(done.ok()) << done.error().message;
  }
  {
    Process process(dir_.path(), Keys({2, 1}));
    ASSERT_TRUE(process.secrets->WrapAll([](auto) { return false; }).ok());
  }
  Process rotated(dir_.path(), Keys({2}));
  EXPECT_TRUE(rotated.keyring.Find(kAcme, *tree, kWrappedJane).erased);
  EXPECT_EQ(rotated.keyring.Find(kAcme, *tree, kWrappedJo).key, jos);
}

// A node whose value was altered is lost, which is a fault: nobody below it counts as erased.
TEST_F(WrappedLocal, AnAlteredNodeErasesNobody) {
  std::optional<seal::TreeId> tree;
  {
    Process process(dir_.path(), Keys({1}));
    tree = *process.keys->EnsureTree(kAcme);
    const std::string root = StoreKeyOf(kAcme, *tree, seal::Node{});
    std::string value = **process.local->Get(LocalStore::Table::kKeys, root);
    value.back() = static_cast<char>(value.back() ^ 1);
    ASSERT_TRUE(
        process.local->Put(LocalStore::Table::kKeys, root, value, LocalStore::Durability::kSynced)
            .ok());
  }
  Process process(dir_.path(), Keys({1}));
  const auto found = process.keyring.Find(kAcme, *tree, kWrappedJane);
  EXPECT_FALSE(found.key);
  EXPECT_FALSE(found.erased);
  EXPECT_NE(process.secrets->Damage().find("a key of the tenant acme: its value was altered"),
            std::string::npos);
}

}  // namespace
}  // namespace contacts::testing
