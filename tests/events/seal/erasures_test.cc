// Erasures of random leaves: whatever is cut, lost or done twice, each takes its own key and no
// other.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "tests/events/seal/trees.h"

namespace contacts::testing {
namespace {

using seal::KeyTree;
using seal::Leaf;
using seal::LeafOfActor;
using seal::Node;
using seal::Seed;
using seal::TreeChange;

class Erasures : public ::testing::TestWithParam<int> {
 protected:
  Erasures() {
    for (int i = 0; i < 20; ++i) {
      people_.push_back(LeafOfContact(ContactId{static_cast<int64_t>(random_() % 2000 + 1)}));
    }
    for (int i = 0; i < 5; ++i) people_.push_back(LeafOfActor(std::to_string(random_())));
    std::sort(people_.begin(), people_.end());
    people_.erase(std::unique(people_.begin(), people_.end()), people_.end());
    std::shuffle(people_.begin(), people_.end(), random_);
    for (const Leaf person : people_) keys_.push_back(*whole_.Find(person).key);
  }

  // Everybody but the first `erased` has the key from before; those have none; no node covers them.
  void ExpectErased(KeyTree& tree, size_t erased) {
    for (size_t i = 0; i < people_.size(); ++i) {
      const auto found = tree.Find(people_[i]);
      EXPECT_EQ(found.erased, i < erased);
      EXPECT_EQ(found.key, i < erased ? std::nullopt : std::optional(keys_[i]));
      if (i >= erased) continue;
      for (const auto& [node, seed] : tree.nodes()) EXPECT_FALSE(node.Covers(people_[i]));
    }
  }

  std::mt19937_64 random_{static_cast<uint64_t>(GetParam())};
  const Seed root_ = RootOf(random_);
  KeyTree whole_ = TreeOver(root_);
  std::vector<Leaf> people_;
  std::vector<Seed> keys_;
};

TEST_P(Erasures, TakeOneKeyEach) {
  KeyTree tree = TreeOver(root_);
  for (size_t i = 0; i < people_.size(); ++i) {
    Apply(tree.ChangesToErase(people_[i]), &tree);
    ExpectErased(tree, i + 1);
    EXPECT_TRUE(tree.CoveredErased().empty());
  }
}

// A crash after any single change loses no other key, and the rule finishes what was begun.
TEST_P(Erasures, SurviveACrashAfterEachChange) {
  KeyTree tree = TreeOver(root_);
  for (size_t i = 0; i < 4; ++i) {
    const auto changes = tree.ChangesToErase(people_[i]);
    for (size_t done = 0; done < changes.size(); ++done) {
      KeyTree cut = tree;
      Apply({changes.begin(), changes.begin() + static_cast<std::ptrdiff_t>(done)}, &cut);
      for (size_t other = 0; other < people_.size(); ++other) {
        if (other == i) continue;
        const auto found = cut.Find(people_[other]);
        EXPECT_EQ(found.erased, other < i);
        EXPECT_EQ(found.key, other < i ? std::nullopt : std::optional(keys_[other]));
      }
      EXPECT_TRUE(cut.Find(people_[i]).key || cut.Find(people_[i]).erased) << "lost " << done;
      Apply(cut.ChangesToErase(people_[i]), &cut);
      ExpectErased(cut, i + 1);
    }
    Apply(changes, &tree);
  }
}

// Two instances that erase different people at once, each from what it read.
TEST_P(Erasures, OfTwoInstancesAtOnceSettle) {
  KeyTree shared = TreeOver(root_);
  const auto mine = shared.ChangesToErase(people_[0]);
  const auto theirs = shared.ChangesToErase(people_[1]);
  size_t i = 0;
  size_t j = 0;
  while (i < mine.size() || j < theirs.size()) {
    const bool first = j == theirs.size() || (i < mine.size() && random_() % 2 == 0);
    shared.Apply(first ? mine[i++] : theirs[j++]);
  }
  for (int rounds = 0; !shared.CoveredErased().empty(); ++rounds) {
    ASSERT_LT(rounds, 3) << "it does not settle";
    for (const Leaf leaf : shared.CoveredErased()) Apply(shared.ChangesToErase(leaf), &shared);
  }
  ExpectErased(shared, 2);
}

TEST_P(Erasures, ANodeThatComesBackIsSeen) {
  KeyTree tree = TreeOver(root_);
  Apply(tree.ChangesToErase(people_[0]), &tree);
  tree.Apply({TreeChange::Kind::kPut, Node{}, {}, root_});  // from an old segment, or a late retry
  EXPECT_EQ(tree.CoveredErased(), (std::vector<Leaf>{people_[0]}));
  EXPECT_FALSE(tree.Find(people_[0]).key) << "the marker counts";
  Apply(tree.ChangesToErase(people_[0]), &tree);
  ExpectErased(tree, 1);
}

TEST_P(Erasures, ALostNodeLosesTheLeavesBelowItAndNoOther) {
  KeyTree tree = TreeOver(root_);
  for (size_t i = 0; i < 3; ++i) Apply(tree.ChangesToErase(people_[i]), &tree);
  std::vector<Node> nodes;
  for (const auto& [node, seed] : tree.nodes()) nodes.push_back(node);
  for (const Node& lost : nodes) {
    KeyTree less = tree;
    less.Apply({TreeChange::Kind::kDelete, lost, {}, {}});
    for (size_t i = 0; i < people_.size(); ++i) {
      const auto found = less.Find(people_[i]);
      EXPECT_EQ(found.erased, i < 3);
      EXPECT_EQ(found.key.has_value(), i >= 3 && !lost.Covers(people_[i]));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Erasures, ::testing::Range(0, 12));

}  // namespace
}  // namespace contacts::testing
