// `contacts secrets wrap`: all values get the first key, and what is deleted meanwhile stays so.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "events/seal/store_keys.h"
#include "tests/infra/keys/wrapped.h"

namespace contacts::testing {
namespace {

const std::string kNode = seal::StoreKeyOf(TenantId{"acme"}, seal::TreeId{}, seal::Node{});
const std::string kSeed(32, 's');

class WrappingAll : public ::testing::Test {
 protected:
  void SetUp() override {
    Wrapping before(shared_, Keys({}));
    ASSERT_TRUE(before.store->Put("$log", "a log").ok());
    ASSERT_TRUE(before.store->Put(id_, kHash).ok());
    ASSERT_TRUE(before.store->Put(kNode, kSeed).ok());
  }

  SharedSecrets shared_;
  const std::string id_ = SecretIdOf(kHash);
};

TEST_F(WrappingAll, WrapsWhatIsPlainAndThenRefusesPlainValues) {
  Wrapping instance(shared_, Keys({1}));
  const auto done = instance.WrapAll();
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(done->values, 2);
  for (const auto& [id, value] : shared_.Now()) {
    EXPECT_EQ(seal::FormOf(value) == seal::ValueForm::kPlain, id == "$log") << id;
  }
  EXPECT_EQ(*instance.store->Get(id_), kHash);
  EXPECT_EQ(*instance.store->Get(kNode), kSeed);
  EXPECT_EQ(instance.WrapAll()->values, 0);

  const std::string other = "$argon2id$other";
  shared_.Append(SecretIdOf(other), other);
  Wrapping later(shared_, Keys({1}));
  for (Wrapping* reader : {&instance, &later}) {
    EXPECT_FALSE(reader->store->Get(SecretIdOf(other)).ok());
    EXPECT_NE(reader->store->Damage().find("is not wrapped"), std::string::npos);
    EXPECT_EQ(*reader->store->Get(id_), kHash);
  }
  // What cannot be read does not keep the others from a new key.
  const auto with_foreign = Wrapping(shared_, Keys({2, 1})).WrapAll();
  ASSERT_TRUE(with_foreign.ok());
  EXPECT_EQ(with_foreign->unreadable, 1);
}

TEST_F(WrappingAll, RotatesToANewKey) {
  ASSERT_TRUE(Wrapping(shared_, Keys({1})).WrapAll().ok());
  EXPECT_NE(WhyNotOpened(shared_, Keys({2})), "");
  ASSERT_TRUE(Wrapping(shared_, Keys({2, 1})).WrapAll().ok());
  Wrapping rotated(shared_, Keys({2}));
  EXPECT_EQ(*rotated.store->Get(id_), kHash);
  EXPECT_EQ(*rotated.store->Get(kNode), kSeed);
  shared_.Append(kNode, kSeed);
  EXPECT_FALSE(rotated.store->Get(kNode).ok()) << "the mark was lost by the rotation";
}

TEST_F(WrappingAll, NeedsAMasterKey) {
  const auto refused = Wrapping(shared_, Keys({})).WrapAll();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_NE(refused.error().message.find("--master-key-file"), std::string::npos);
}

// Another instance deletes a node, or a replaced hash, after its value was read and before it is
// put again: the put would bring it back for ever.
TEST_F(WrappingAll, WhatIsDeletedBeforeThePutDoesNotComeBack) {
  for (const std::string& id : {kNode, id_}) {
    SharedSecrets shared;
    ASSERT_TRUE(Wrapping(shared, Keys({})).store->PutAll({{id_, kHash}, {kNode, kSeed}}).ok());
    Wrapping instance(shared, Keys({1}));
    bool deleted = false;
    instance.raw->fate = [&] {
      if (!std::exchange(deleted, true)) shared.Append(id, std::nullopt);
      return SharedSecretStore::Fate::kDone;
    };
    ASSERT_TRUE(instance.WrapAll().ok());
    EXPECT_TRUE(deleted);
    EXPECT_FALSE(shared.Now().contains(id));
    EXPECT_EQ(*instance.store->Get(id), std::nullopt);
    EXPECT_EQ(shared.Now().size(), 2u);  // the other one, and the mark
  }
}

// The same when the store made the put and did not acknowledge it.
TEST_F(WrappingAll, WhatIsDeletedDoesNotComeBackByAPutWithoutAnAnswer) {
  Wrapping instance(shared_, Keys({1}));
  int changes = 0;
  instance.raw->fate = [&] {
    if (++changes > 1) return SharedSecretStore::Fate::kDone;
    for (const std::string& id : {kNode, id_}) shared_.Append(id, std::nullopt);
    return SharedSecretStore::Fate::kUnacknowledged;
  };
  EXPECT_FALSE(instance.WrapAll().ok());
  EXPECT_FALSE(shared_.Now().contains(id_));
  EXPECT_FALSE(shared_.Now().contains(kNode));
}

// A node above an erased leaf waits for its siblings: to put it would undo the erasure, and to
// delete it now would lose its other leaves.
TEST_F(WrappingAll, ANodeAboveAnErasedLeafIsLeftToTheErasure) {
  Wrapping instance(shared_, Keys({1}));
  const auto is_erased = [](std::string_view id) { return id == kNode; };
  const auto refused = instance.store->WrapAll(is_erased);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(shared_.Now().at(kNode), kSeed);
  EXPECT_FALSE(shared_.Now().contains(std::string(WrappedSecrets::kMark)));
  shared_.Append(kNode, std::nullopt);
  EXPECT_TRUE(instance.store->WrapAll(is_erased).ok());
}

TEST_F(WrappingAll, AnInstanceWithoutTheKeyWritesNothingPlainAfterTheMark) {
  Wrapping without(shared_, Keys({}));
  ASSERT_TRUE(Wrapping(shared_, Keys({1})).WrapAll().ok());
  ASSERT_TRUE(without.store->CatchUp().ok());
  const auto put = without.store->Put(SecretIdOf("$other"), "$other");
  ASSERT_FALSE(put.ok());
  EXPECT_NE(put.error().message.find("--master-key-file"), std::string::npos);
}

}  // namespace
}  // namespace contacts::testing
