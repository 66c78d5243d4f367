// Erasures over a store that is cut off after any single change: the erased can never be derived
// again, all others always can, and nobody is lost.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "tests/infra/keys/key_instance.h"

namespace contacts::testing {
namespace {

using seal::KeyTree;
using seal::Leaf;
using seal::Seed;
using Fate = SharedSecretStore::Fate;

#if defined(CONTACTS_SANITIZED)  // one thread, so there is little to find
constexpr size_t kErased = 100;
#else
constexpr size_t kErased = 1000;
#endif

class KeyErasures : public ::testing::TestWithParam<int> {
 protected:
  KeyErasures() {
    KeyInstance first(shared);
    tree = *first.keys->EnsureTree(kAcme);
    KeyTree whole = TreeIn(shared, tree);
    for (int i = 0; i < 1500; ++i) Meet(LeafOfContact(ContactId{i + 1}), &whole);
    for (int i = 0; i < 100; ++i) {
      Meet(LeafOfContact(ContactId{static_cast<int64_t>(random_() >> 20) + 1}), &whole);
      Meet(seal::LeafOfActor(std::to_string(random_())), &whole);
    }
    std::shuffle(people.begin(), people.end(), random_);
  }
  void Meet(Leaf leaf, KeyTree* whole) {
    if (keys.emplace(leaf, *whole->Find(leaf).key).second) people.push_back(leaf);
  }

  // Erases in processes each of which ends after `changes()` changes of the store.
  void EraseInPieces(Leaf leaf, const std::function<int()>& changes) {
    for (int starts = 0;; ++starts) {
      ASSERT_LT(starts, 200) << "it does not get on";
      int left = changes();
      StoredKeys* running = nullptr;
      const auto crash = [&] {
        if (left-- > 0) return Fate::kDone;
        if (running != nullptr) running->Stop();
        return Fate::kLost;
      };
      KeyInstance process(shared, Patient(), crash);
      running = process.keys.get();
      const bool done = process.keys->Erase(kAcme, leaf).ok();
      if (done) return;
      ExpectNobodyLost(leaf);
    }
  }
  // A few people, chosen at random, in the middle of an erasure.
  void ExpectNobodyLost(Leaf under_way) {
    KeyTree now = TreeIn(shared, tree);
    for (int i = 0; i < 20; ++i)
      ExpectAsItShould(people[random_() % people.size()], &now, under_way);
    const auto found = now.Find(under_way);
    EXPECT_TRUE(found.erased || found.key == keys.at(under_way));
  }
  void ExpectAsItShould(Leaf leaf, KeyTree* now, Leaf under_way = {}) {
    if (leaf == under_way) return;
    const bool gone = erased.contains(leaf);
    const auto found = now->Find(leaf);
    EXPECT_EQ(found.erased, gone);
    EXPECT_EQ(found.key, gone ? std::nullopt : std::optional(keys.at(leaf)));
    EXPECT_FALSE(gone && now->Covers(leaf));
  }
  void ExpectAll() {
    KeyTree now = TreeIn(shared, tree);
    for (const Leaf leaf : people) ExpectAsItShould(leaf, &now);
    EXPECT_TRUE(now.CoveredErased().empty());
  }

  std::mt19937_64 random_{static_cast<uint64_t>(GetParam())};
  SharedSecrets shared;
  seal::TreeId tree;
  std::vector<Leaf> people;
  std::map<Leaf, Seed> keys;
  std::set<Leaf> erased;
};

TEST_P(KeyErasures, GoOnAfterACrashAfterEverySingleChange) {
  for (size_t i = 0; i < 25; ++i) {
    EraseInPieces(people[i], [] { return 1; });
    erased.insert(people[i]);
    shared.Compact();
    ExpectAll();
  }
}

TEST_P(KeyErasures, OfThousandsOfPeopleTakeTheirKeysAndNoOther) {
  for (size_t i = 0; i < kErased; ++i) {
    EraseInPieces(people[i], [this] { return static_cast<int>(random_() % 400); });
    erased.insert(people[i]);
    if (i % 50 == 0) shared.Compact();
    if (HasFailure()) return;
  }
  ExpectAll();
}

// Trap 2: whoever told erased from the absence of a node would let sixteen people vanish when one
// node is lost.
TEST_P(KeyErasures, ALostNodeLosesExactlyTheLeavesBelowIt) {
  {
    KeyInstance process(shared);
    for (size_t i = 0; i < 30; ++i) {
      ASSERT_TRUE(process.keys->Erase(kAcme, people[i]).ok());
      erased.insert(people[i]);
    }
  }
  shared.Compact();
  const KeyTree whole = TreeIn(shared, tree);
  for (const auto& [node, seed] : whole.nodes()) {
    SharedSecrets less;
    for (const auto& [id, secret] : shared.Now()) {
      if (id != seal::StoreKeyOf(kAcme, tree, node)) less.Append(id, secret);
    }
    KeyInstance reader(less);
    for (const Leaf leaf : people) {
      const auto found = reader.Find(tree, leaf);
      EXPECT_EQ(found.erased, erased.contains(leaf));
      EXPECT_EQ(found.key.has_value(), !erased.contains(leaf) && !node.Covers(leaf));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, KeyErasures, ::testing::Range(1, 3));

}  // namespace
}  // namespace contacts::testing
