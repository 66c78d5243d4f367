#include "infra/keys/wrapped_secrets.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/infra/keys/key_instance.h"
#include "tests/infra/keys/wrapped.h"

namespace contacts::testing {
namespace {

class Wrapped : public ::testing::Test {
 protected:
  std::string Stored(const std::string& id) { return shared_.Now().at(id); }
  static std::map<std::string, std::string> AllOf(SecretStore& store) {
    std::map<std::string, std::string> all;
    EXPECT_TRUE(store.Scan("", [&](auto id, auto secret) { all.emplace(id, secret); }).ok());
    return all;
  }
  // Somebody who writes to the store below and has no key.
  void Alter(const std::string& id, size_t at) {
    std::string value = Stored(id);
    value[at] = static_cast<char>(value[at] ^ 1);
    shared_.Append(id, value);
  }

  SharedSecrets shared_;
  const std::string id_ = SecretIdOf(kHash);
};

TEST_F(Wrapped, IsPlainAboveAndWrappedBelow) {
  Wrapping instance(shared_, Keys({1}));
  ASSERT_TRUE(instance.store->Put(id_, kHash).ok());
  ASSERT_TRUE(instance.store->Put("$log", "a log").ok());
  EXPECT_EQ(seal::FormOf(Stored(id_)), seal::ValueForm::kWrapped);
  EXPECT_EQ(Stored(id_).find("argon2"), std::string::npos);
  EXPECT_EQ(Stored("$log"), "a log");  // read before there are keys
  EXPECT_EQ(*instance.store->Get(id_), kHash);
  EXPECT_EQ(*Wrapping(shared_, Keys({2, 1})).store->Get(id_), kHash);
  EXPECT_EQ(AllOf(*instance.store),
            (std::map<std::string, std::string>{{"$log", "a log"}, {id_, kHash}}));
  ASSERT_TRUE(instance.store->Erase(id_).ok());
  EXPECT_EQ(*instance.store->Get(id_), std::nullopt);
  EXPECT_EQ(instance.store->Damage(), "");
}

TEST_F(Wrapped, WithoutAFileNothingIsWrapped) {
  Wrapping instance(shared_, Keys({}));
  ASSERT_TRUE(instance.store->Put(id_, kHash).ok());
  EXPECT_EQ(Stored(id_), kHash);
  EXPECT_EQ(*Wrapping(shared_, Keys({1})).store->Get(id_), kHash) << "before all were wrapped";
}

TEST_F(Wrapped, ItsChangesAreToldPlain) {
  Wrapping instance(shared_, Keys({1}));
  Wrapping other(shared_, Keys({1}));
  std::vector<SharedSecrets::Change> told;
  other.store->OnChange([&](auto id, const auto& secret) {
    told.emplace_back(id, secret ? std::optional(std::string(*secret)) : std::nullopt);
  });
  ASSERT_TRUE(instance.store->PutAll({{id_, kHash}}).ok());
  ASSERT_TRUE(instance.store->Erase(id_).ok());
  ASSERT_TRUE(other.store->CatchUp().ok());
  EXPECT_EQ(told, (std::vector<SharedSecrets::Change>{{id_, kHash}, {id_, std::nullopt}}));
}

TEST_F(Wrapped, AWrongOrMissingMasterKeyIsRefusedAtTheStart) {
  ASSERT_TRUE(Wrapping(shared_, Keys({1})).store->Put(id_, kHash).ok());
  const std::string wrong = WhyNotOpened(shared_, Keys({2}));
  EXPECT_NE(wrong.find("/etc/master-keys"), std::string::npos) << wrong;
  EXPECT_NE(wrong.find("72cd6e84"), std::string::npos) << wrong;
  EXPECT_EQ(wrong.find("0101"), std::string::npos) << "a message shows the key";
  const std::string none = WhyNotOpened(shared_, Keys({}));
  EXPECT_NE(none.find("--master-key-file"), std::string::npos) << none;
  EXPECT_NE(none.find("72cd6e84"), std::string::npos) << none;
  EXPECT_TRUE(shared_.Now().contains(id_));
}

// Never "wrong password" and never "erased": the reader gets an error, whatever byte it was.
TEST_F(Wrapped, AnAlteredValueIsAFaultWithAName) {
  Wrapping instance(shared_, Keys({1}));
  ASSERT_TRUE(instance.store->Put(id_, kHash).ok());
  for (size_t at = 0; at < Stored(id_).size(); ++at) {
    const std::string before = Stored(id_);
    Alter(id_, at);
    const auto got = instance.store->Get(id_);
    ASSERT_FALSE(got.ok()) << at;
    EXPECT_EQ(got.error().code, ErrorCode::kUnavailable);
    EXPECT_NE(instance.store->Damage().find(id_), std::string::npos);
    EXPECT_EQ(AllOf(*instance.store).size(), 0u);
    shared_.Append(id_, before);
  }
  EXPECT_EQ(*instance.store->Get(id_), kHash);
  EXPECT_EQ(instance.store->Damage(), "");
}

// A value with its version altered may look like a plain text.
TEST_F(Wrapped, AnAlteredValueThatLooksPlainIsAFault) {
  Wrapping instance(shared_, Keys({1}));
  ASSERT_TRUE(instance.store->Put(id_, kHash).ok());
  shared_.Append(id_, "$" + Stored(id_).substr(1));
  EXPECT_FALSE(instance.store->Get(id_).ok());
  const std::string node = "k" + std::string("acme\0", 5) + std::string(25, '\0');
  ASSERT_TRUE(instance.store->Put(node, std::string(32, 's')).ok());
  shared_.Append(node, "$" + Stored(node).substr(1));
  EXPECT_FALSE(instance.store->Get(node).ok());
  EXPECT_NE(instance.store->Damage().find("a key of the tenant acme"), std::string::npos)
      << instance.store->Damage();
}

// Somebody with a master key still cannot exchange a password: its id is its hash.
TEST_F(Wrapped, AnotherHashUnderThisIdIsRefused) {
  Wrapping instance(shared_, Keys({1}));
  ASSERT_TRUE(instance.store->Put(id_, "$argon2id$another").ok());
  EXPECT_FALSE(instance.store->Get(id_).ok());
  EXPECT_NE(instance.store->Damage(), "");
}

TEST_F(Wrapped, AValueCopiedToAnotherIdIsRefused) {
  Wrapping instance(shared_, Keys({1}));
  const std::string marker = "g" + std::string("acme\0", 5) + std::string(24, '\0');
  const std::string copy = "g" + std::string("acme\0", 5) + std::string(24, '\1');
  ASSERT_TRUE(instance.store->Put(marker, "1").ok());
  shared_.Append(copy, Stored(marker));
  EXPECT_EQ(*instance.store->Get(marker), "1");
  EXPECT_FALSE(instance.store->Get(copy).ok()) << "an erasure that nobody asked for";
}

TEST_F(Wrapped, AnInstanceWithoutANewKeyGoesOnOnceItHasIt) {
  Wrapping instance(shared_, Keys({1}));
  std::map<std::string, std::string> told;
  instance.store->OnChange([&](auto id, const auto& secret) {
    if (secret) told.emplace(id, *secret);
  });
  ASSERT_TRUE(Wrapping(shared_, Keys({2, 1})).store->Put(id_, kHash).ok());
  ASSERT_TRUE(instance.store->CatchUp().ok());
  EXPECT_NE(instance.store->Damage().find("add that key to /etc/master-keys"), std::string::npos)
      << instance.store->Damage();
  EXPECT_TRUE(told.empty());
  ASSERT_FALSE(instance.store->Check(Keys({3, 1})).ok());
  ASSERT_TRUE(instance.store->Check(Keys({1, 2})).ok());
  instance.store->Use(Keys({1, 2}));
  EXPECT_EQ(told, (std::map<std::string, std::string>{{id_, kHash}}));
  EXPECT_EQ(instance.store->Damage(), "");
  EXPECT_EQ(*instance.store->Get(id_), kHash);
}

TEST_F(Wrapped, AStoreWithAFaultIsOpenedAndKeepsIt) {
  auto below = std::make_unique<SharedSecretStore>(shared_);
  below->SetFault("it was deleted");
  const auto opened = WrappedSecrets::Open(std::move(below), Keys({1}));
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ((*opened)->Fault(), "it was deleted");
}

}  // namespace
}  // namespace contacts::testing
