#include "events/seal/store_keys.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "events/secret_store.h"
#include "tests/events/seal/trees.h"

namespace contacts::testing {
namespace {

using namespace std::string_literals;
using seal::Leaf;
using seal::Node;
using seal::ReadStored;
using seal::StoreKeyOf;
using seal::TreeChange;
using seal::TreeId;

const TenantId kAcme{"acme"};
const TreeId kTree{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}};
const std::string kTreeBytes = "\0\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf"s;
const std::string kSeed(32, 's');

// Stores of a release hold these bytes.
TEST(StoreKeys, AreTheseBytes) {
  EXPECT_EQ(StoreKeyOf(kAcme, kTree, Node{64, 0x0102030405060708}),
            "kacme\0"s + kTreeBytes + "\x40\1\2\3\4\5\6\7\x8"s);
  EXPECT_EQ(StoreKeyOf(kAcme, kTree, Leaf{0x8102030405060708}),
            "gacme\0"s + kTreeBytes + "\x81\2\3\4\5\6\7\x8"s);
}

TEST(StoreKeys, ReadBackAsWhatWasWritten) {
  const Node node{5, 21};
  const auto put = ReadStored(StoreKeyOf(kAcme, kTree, node), kSeed);
  ASSERT_TRUE(put);
  EXPECT_EQ(put->tenant, kAcme);
  EXPECT_EQ(put->tree, kTree);
  EXPECT_EQ(put->change.kind, TreeChange::Kind::kPut);
  EXPECT_EQ(put->change.node, node);
  EXPECT_EQ(put->change.seed.view(), kSeed);
  const auto gone = ReadStored(StoreKeyOf(kAcme, kTree, node), std::nullopt);
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->change.kind, TreeChange::Kind::kDelete);
  EXPECT_EQ(gone->change.node, node);
  const auto marker = ReadStored(StoreKeyOf(kAcme, kTree, Leaf{42}), seal::kMarker);
  ASSERT_TRUE(marker);
  EXPECT_EQ(marker->change.kind, TreeChange::Kind::kMark);
  EXPECT_EQ(marker->change.leaf, Leaf{42});
  EXPECT_FALSE(marker->unmarks);
  EXPECT_TRUE(ReadStored(StoreKeyOf(kAcme, kTree, Leaf{42}), std::nullopt)->unmarks);
}

TEST(StoreKeys, RefuseWhatNoBuildWrites) {
  const std::string node = StoreKeyOf(kAcme, kTree, Node{5, 21});
  const std::string marker = StoreKeyOf(kAcme, kTree, Leaf{42});
  for (const auto& [id, secret] : std::vector<std::pair<std::string, std::string>>{
           {StoreKeyOf(kAcme, kTree, Node{65, 0}), kSeed},
           {StoreKeyOf(kAcme, kTree, Node{5, 32}), kSeed},
           {StoreKeyOf(kAcme, kTree, Node{0, 1}), kSeed},
           {StoreKeyOf(TenantId{"a b"}, kTree, Node{5, 21}), kSeed},
           {StoreKeyOf(TenantId{""}, kTree, Node{5, 21}), kSeed},
           {node, std::string(31, 's')},
           {node, std::string(33, 's')},
           {node, ""},
           {node + "x", kSeed},
           {node.substr(0, node.size() - 1), kSeed},
           {"kacme", kSeed},
           {"k", kSeed},
           {"", kSeed},
           {SecretIdOf("secret"), "secret"},
           {marker, kSeed},
           {marker, ""},
           {marker + "x", "1"}}) {
    EXPECT_FALSE(ReadStored(id, secret)) << ::testing::PrintToString(id);
  }
  EXPECT_FALSE(ReadStored(StoreKeyOf(kAcme, kTree, Node{65, 0}), std::nullopt));
}

// Trap 12: the same tree id and leaf in two tenants, one of which is the beginning of the other.
TEST(StoreKeys, OfTwoTenantsNeverMeet) {
  std::set<std::string> ids;
  for (const char* tenant : {"a", "aa", "a.a", "A"}) {
    ids.insert(StoreKeyOf(TenantId{tenant}, kTree, Leaf{1}));
    ids.insert(StoreKeyOf(TenantId{tenant}, TreeId{}, Leaf{1}));
    ids.insert(StoreKeyOf(TenantId{tenant}, kTree, Node{64, 1}));
  }
  EXPECT_EQ(ids.size(), 12u);
}

TEST(StoreKeys, AreToldFromPasswordHashes) {
  EXPECT_TRUE(seal::IsOfAKeyTree(StoreKeyOf(kAcme, kTree, Leaf{1})));
  EXPECT_TRUE(seal::IsOfAKeyTree(StoreKeyOf(kAcme, kTree, Node{})));
  for (const std::string& id : {SecretIdOf("secret"), "0123456789abcdef0123456789abcdef"s, "$log"s,
                                std::string(kNobodysSecret), ""s}) {
    EXPECT_FALSE(seal::IsOfAKeyTree(id)) << id;
  }
}

}  // namespace
}  // namespace contacts::testing
