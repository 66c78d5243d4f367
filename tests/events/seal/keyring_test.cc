#include "events/seal/keyring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/events/seal/trees.h"

namespace contacts::testing {
namespace {

using seal::Keyring;
using seal::Leaf;
using seal::TreeChange;
using seal::TreeId;

const TenantId kRinged{"acme"};

TreeId TreeNamed(uint8_t fill) {
  TreeId tree;
  tree.bytes.fill(fill);
  return tree;
}

void AddTree(const TreeId& tree, Keyring* keys, const TenantId& tenant = kRinged) {
  std::mt19937_64 random{tree.bytes[0]};
  keys->Apply(tenant, tree, {TreeChange::Kind::kPut, {}, {}, RootOf(random)});
}

TEST(TreeIds, AreReadOnlyInTheirOneForm) {
  const std::string hex = "000102030405060708090a0b0c0d0eff";
  ASSERT_TRUE(seal::TreeIdFrom(hex));
  EXPECT_EQ(ToHex(*seal::TreeIdFrom(hex)), hex);
  for (const char* bad :
       {"", "000102030405060708090a0b0c0d0eFF", "000102030405060708090a0b0c0d0e",
        "000102030405060708090a0b0c0d0eff00", "000102030405060708090a0b0c0d0e:0"}) {
    EXPECT_FALSE(seal::TreeIdFrom(bad)) << bad;
  }
}

TEST(TreeInUse, IsTheOneThatHistoryNamedLast) {
  Keyring keys;
  for (const uint8_t fill : {1, 2, 3}) AddTree(TreeNamed(fill), &keys);
  EXPECT_EQ(keys.TreeInUse(kRinged, ToHex(TreeNamed(2))), TreeNamed(2));
  EXPECT_EQ(keys.TreeInUse(kRinged, ""), TreeNamed(1)) << "no record has keys: the smallest";
}

// The operator adopted another store of secrets: what history named is lost, and stays so.
TEST(TreeInUse, IsTheSmallestWhereTheNamedOneIsNot) {
  Keyring keys;
  EXPECT_EQ(keys.TreeInUse(kRinged, ToHex(TreeNamed(2))), std::nullopt);
  AddTree(TreeNamed(2), &keys, TenantId{"beta"});
  EXPECT_EQ(keys.TreeInUse(kRinged, ToHex(TreeNamed(2))), std::nullopt) << "another tenant's";
  for (const uint8_t fill : {4, 3}) AddTree(TreeNamed(fill), &keys);
  EXPECT_EQ(keys.TreeInUse(kRinged, ToHex(TreeNamed(2))), TreeNamed(3));
  EXPECT_EQ(keys.TreeInUse(kRinged, "no tree"), TreeNamed(3));
}

// With markers alone it could seal nothing.
TEST(TreeInUse, HasNodes) {
  Keyring keys;
  keys.Apply(kRinged, TreeNamed(1), {TreeChange::Kind::kMark, {}, Leaf{7}, {}});
  EXPECT_EQ(keys.TreeInUse(kRinged, ToHex(TreeNamed(1))), std::nullopt);
  AddTree(TreeNamed(2), &keys);
  EXPECT_EQ(keys.TreeInUse(kRinged, ToHex(TreeNamed(1))), TreeNamed(2));
}

// Trap 7: keys of actors and months are kept, because deriving them costs 64 hashes.
TEST(Keyring, AKeyThatIsKeptDoesNotOutliveItsErasure) {
  const Timestamp time{1'795'428'000'123};
  for (const Leaf erased : {seal::LeafOfActor("7"), seal::LeafOfMonth(time)}) {
    Keyring keys;
    AddTree(TreeNamed(1), &keys);
    ASSERT_TRUE(keys.FindActor(kRinged, TreeNamed(1), "7", time).key);
    for (const TreeChange& change : keys.ChangesToErase(kRinged, TreeNamed(1), erased)) {
      keys.Apply(kRinged, TreeNamed(1), change);
    }
    const auto found = keys.FindActor(kRinged, TreeNamed(1), "7", time);
    EXPECT_FALSE(found.key);
    EXPECT_TRUE(found.erased);
  }
}

}  // namespace
}  // namespace contacts::testing
