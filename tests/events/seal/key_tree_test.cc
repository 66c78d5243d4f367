#include "events/seal/key_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bitset>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/events/seal/seal_vectors.h"

namespace contacts::testing {
namespace {

using seal::KeyTree;
using seal::Leaf;
using seal::LeafOfActor;
using seal::LeafOfContact;
using seal::LeafOfMonth;
using seal::Node;
using seal::Seed;
using seal::TreeChange;
using Kind = TreeChange::Kind;
using Random = std::mt19937_64;

const char* const kLeaves[] = {"contact 1",    "contact 42",     "contact 42, generation 1",
                               "actor 7",      "actor ext:u-77", "actor operator:jo",
                               "month 2026-11"};

Seed RootOf(Random& random) {
  std::array<uint8_t, 32> bytes;
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return Seed(bytes);
}

KeyTree TreeOver(const Seed& root) {
  KeyTree tree;
  tree.Apply({Kind::kPut, Node{}, {}, root});
  return tree;
}

void Apply(const std::vector<TreeChange>& changes, KeyTree* tree) {
  for (const TreeChange& change : changes) tree->Apply(change);
}

// In one line, as vectors.json has it: "put 64 42 <hex>", "mark 42", "delete 0 0".
std::string Shown(const TreeChange& change) {
  const std::string node =
      std::to_string(change.node.depth) + " " + std::to_string(change.node.prefix);
  if (change.kind == Kind::kMark) return "mark " + std::to_string(change.leaf.value);
  if (change.kind == Kind::kDelete) return "delete " + node;
  return "put " + node + " " + ToHex(change.seed.view());
}

std::vector<std::string> Shown(const std::vector<TreeChange>& changes) {
  std::vector<std::string> lines;
  for (const TreeChange& change : changes) lines.push_back(Shown(change));
  return lines;
}

std::vector<std::string> ChangesIn(const SealVectors& vectors, const std::string& name) {
  const json::Document& document = vectors.document();
  std::vector<std::string> lines;
  for (uint32_t i = vectors.Find(name).first; i != 0; i = document.at(i).next) {
    const json::Node& verb = document.at(document.at(i).first);
    const json::Node& what = document.at(verb.next);
    std::string line = vectors.Text(verb);
    if (what.kind == json::Kind::kString) {
      line += " " + vectors.Text(what);
    } else {
      const json::Node& depth = document.at(what.first);
      line += " " + std::string(document.Raw(depth)) + " " + vectors.Text(document.at(depth.next));
    }
    const json::Node& seed = document.at(what.next);
    if (seed.kind == json::Kind::kString) line += " " + vectors.Text(seed);
    lines.push_back(line);
  }
  return lines;
}

TEST(KeyTree, LeavesKeysAndErasuresAreThoseOfTheVectors) {
  const SealVectors vectors;
  EXPECT_EQ(LeafOfContact(ContactId{1}), vectors.LeafNamed("contact 1"));
  EXPECT_EQ(LeafOfContact(ContactId{42}, 1), vectors.LeafNamed("contact 42, generation 1"));
  EXPECT_EQ(LeafOfActor("7"), vectors.LeafNamed("actor 7"));
  EXPECT_EQ(LeafOfActor("ext:u-77"), vectors.LeafNamed("actor ext:u-77"));
  EXPECT_EQ(LeafOfActor("operator:jo"), vectors.LeafNamed("actor operator:jo"));
  EXPECT_EQ(LeafOfMonth(*ParseTimestamp("2026-11-29T04:35:55.000Z")),
            vectors.LeafNamed("month 2026-11"));

  KeyTree tree = TreeOver(vectors.Seed(vectors.Find("root")));
  for (const char* name : kLeaves) {
    const auto found = tree.Find(vectors.LeafNamed(name));
    ASSERT_TRUE(found.key) << name;
    EXPECT_EQ(ToHex(found.key->view()), vectors.Text(vectors.Find(vectors.Find("keys"), name)));
  }
  for (const auto& [title, contact] :
       {std::pair("erase contact 42", 42), std::pair("then erase contact 43", 43)}) {
    const auto changes = tree.ChangesToErase(LeafOfContact(ContactId{contact}));
    EXPECT_EQ(Shown(changes), ChangesIn(vectors, title));
    Apply(changes, &tree);
  }
  for (const char* name : kLeaves) {
    const auto found = tree.Find(vectors.LeafNamed(name));
    const std::string after = vectors.Text(vectors.Find(vectors.Find("keys after"), name));
    EXPECT_EQ(found.key ? ToHex(found.key->view()) : found.erased ? "erased" : "lost", after);
  }
}

TEST(KeyTree, MonthsBeginAtMidnightUtc) {
  const auto leaf = [](const char* time) { return LeafOfMonth(*ParseTimestamp(time)).value; };
  EXPECT_EQ(leaf("2026-11-30T23:59:59.999Z") + 1, leaf("2026-12-01T00:00:00.000Z"));
  EXPECT_EQ(leaf("2026-12-31T23:59:59.999Z") + 1, leaf("2027-01-01T00:00:00.000Z"));
  EXPECT_EQ(leaf("1970-01-01T00:00:00.000Z"), uint64_t{2} << 62);
  EXPECT_EQ(LeafOfMonth(Timestamp{-1}).value, uint64_t{2} << 62);
}

// A contact's generations, contacts, actors and months never share a key.
TEST(KeyTree, KindsOfLeavesNeverMeet) {
  std::set<Leaf> leaves;
  for (int64_t id : {int64_t{1}, int64_t{2}, seal::kMaxContact}) {
    for (int generation : {0, 1, seal::kMaxGeneration}) {
      leaves.insert(LeafOfContact(ContactId{id}, generation));
    }
  }
  for (int i = 0; i < 100; ++i) leaves.insert(LeafOfActor(std::to_string(i)));
  for (int i = 0; i < 100; ++i) leaves.insert(LeafOfMonth(Timestamp{i * 2'700'000'000}));
  EXPECT_EQ(leaves.size(), 9u + 100 + 100);
}

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

  Random random_{static_cast<uint64_t>(GetParam())};
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
  tree.Apply({Kind::kPut, Node{}, {}, root_});  // from an old segment, or a late retry
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
    less.Apply({Kind::kDelete, lost, {}, {}});
    for (size_t i = 0; i < people_.size(); ++i) {
      const auto found = less.Find(people_[i]);
      EXPECT_EQ(found.erased, i < 3);
      EXPECT_EQ(found.key.has_value(), i >= 3 && !lost.Covers(people_[i]));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Erasures, ::testing::Range(0, 12));

// The path that is kept between two questions holds seeds above the leaf that is erased next.
TEST(KeyTree, AKeptPathDoesNotOutliveAChange) {
  Random random(1);
  const Seed root = RootOf(random);
  KeyTree tree = TreeOver(root);
  const std::string_view memory(reinterpret_cast<const char*>(&tree), sizeof tree);
  const Leaf jane = LeafOfContact(ContactId{42});
  const Leaf neighbour = LeafOfContact(ContactId{43});
  const Seed key = *tree.Find(neighbour).key;
  ASSERT_TRUE(tree.Find(jane).key);
  ASSERT_NE(memory.find(root.view()), std::string_view::npos) << "nothing is kept";
  Apply(tree.ChangesToErase(jane), &tree);
  EXPECT_EQ(memory.find(root.view()), std::string_view::npos);
  EXPECT_EQ(tree.Find(neighbour).key, key);
  EXPECT_TRUE(tree.Find(jane).erased);
}

// In any order of questions: the kept path is only a shorter way.
TEST(KeyTree, AnswersTheSameWhateverWasAskedBefore) {
  Random random(2);
  const Seed root = RootOf(random);
  KeyTree asked = TreeOver(root);
  for (int i = 0; i < 3; ++i) {
    Apply(asked.ChangesToErase(LeafOfContact(ContactId{100 * (i + 1)})), &asked);
  }
  for (int i = 0; i < 2000; ++i) {
    const auto id = static_cast<int64_t>(random() % 400 + 1);
    const Leaf leaf =
        random() % 5 == 0 ? LeafOfActor(std::to_string(id)) : LeafOfContact(ContactId{id});
    KeyTree fresh;
    for (const auto& [node, seed] : asked.nodes()) fresh.Apply({Kind::kPut, node, {}, seed});
    for (const Leaf erased : asked.erased()) fresh.Apply({Kind::kMark, {}, erased, {}});
    EXPECT_EQ(asked.Find(leaf).key, fresh.Find(leaf).key) << id;
  }
}

TEST(KeyTree, WithoutNodesEverythingIsLostAndNothingErased) {
  KeyTree tree;
  EXPECT_FALSE(tree.Find(Leaf{1}).key);
  EXPECT_FALSE(tree.Find(Leaf{1}).erased);
  const auto changes = tree.ChangesToErase(Leaf{1});
  ASSERT_EQ(Shown(changes), (std::vector<std::string>{"mark 1"}));
}

TEST(KeyTree, TheFirstErasureStoresSixtyFourNodesAndANeighboursFew) {
  Random random(3);
  KeyTree tree = TreeOver(RootOf(random));
  Apply(tree.ChangesToErase(LeafOfContact(ContactId{1000})), &tree);
  EXPECT_EQ(tree.nodes().size(), 64u);
  Apply(tree.ChangesToErase(LeafOfContact(ContactId{1001})), &tree);
  EXPECT_EQ(tree.nodes().size(), 63u);
  Apply(tree.ChangesToErase(LeafOfContact(ContactId{1010})), &tree);
  EXPECT_LT(tree.nodes().size(), 70u);
}

}  // namespace
}  // namespace contacts::testing
