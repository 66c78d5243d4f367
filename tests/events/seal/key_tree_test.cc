#include "events/seal/key_tree.h"

#include <gtest/gtest.h>
#include <ucontext.h>

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/events/seal/seal_vectors.h"
#include "tests/events/seal/trees.h"

namespace contacts::testing {
namespace {

using seal::KeyTree;
using seal::Leaf;
using seal::LeafOfActor;
using seal::LeafOfMonth;
using seal::Node;
using seal::Seed;
using seal::TreeChange;

const char* const kLeaves[] = {"contact 1",    "contact 42",     "contact 42, generation 1",
                               "actor 7",      "actor ext:u-77", "actor operator:jo",
                               "month 2026-11"};

// In one line, as vectors.json has it: "put 64 42 <hex>", "mark 42", "delete 0 0".
std::string Shown(const TreeChange& change) {
  const std::string node =
      std::to_string(change.node.depth) + " " + std::to_string(change.node.prefix);
  if (change.kind == TreeChange::Kind::kMark) return "mark " + std::to_string(change.leaf.value);
  if (change.kind == TreeChange::Kind::kDelete) return "delete " + node;
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

// The path that is kept between two questions holds seeds above the leaf that is erased next.
TEST(KeyTree, AKeptPathDoesNotOutliveAChange) {
  std::mt19937_64 random(1);
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

// Asks a tree for a key on a stack of its own, which is looked through afterwards.
class OnAStackOfItsOwn {
 public:
  // `leaves_a_copy`: to see that one would be found.
  OnAStackOfItsOwn(KeyTree* tree, bool leaves_a_copy)
      : tree_(tree), leaves_a_copy_(leaves_a_copy), stack_(256 * 1024) {
    getcontext(&inside_);
    inside_.uc_stack.ss_sp = stack_.data();
    inside_.uc_stack.ss_size = stack_.size();
    inside_.uc_link = &outside_;
    current = this;
    makecontext(
        &inside_, [] { current->Run(); }, 0);
    swapcontext(&outside_, &inside_);
  }
  bool HoldsTheKey() const {
    return std::string_view(stack_.data(), stack_.size()).find(key_->view()) !=
           std::string_view::npos;
  }

 private:
  void Run() {
    key_ = tree_->Find(LeafOfContact(ContactId{42})).key;
    if (!leaves_a_copy_) return;
    volatile uint8_t copy[32];
    for (size_t i = 0; i < sizeof copy; ++i) copy[i] = key_->bytes[i];
    (void)copy[0];
  }

  static inline OnAStackOfItsOwn* current = nullptr;
  KeyTree* const tree_;
  const bool leaves_a_copy_;
  std::vector<char> stack_;
  std::optional<Seed> key_;
  ucontext_t outside_{};
  ucontext_t inside_{};
};

#if !defined(CONTACTS_SANITIZED)  // sanitizers follow no change of stacks
// A temporary of the derivation held each seed and was freed as it was.
TEST(KeyTree, ADerivationLeavesNoSeedOnTheStack) {
  std::mt19937_64 random(1);
  KeyTree tree = TreeOver(RootOf(random));
  EXPECT_FALSE(OnAStackOfItsOwn(&tree, false).HoldsTheKey());
  EXPECT_TRUE(OnAStackOfItsOwn(&tree, true).HoldsTheKey());
}
#endif

TEST(KeyTree, BytesFromOutsideMakeNoNodeThatIsNone) {
  EXPECT_TRUE((Node{0, 0}.IsValid()));
  EXPECT_TRUE((Node{64, ~uint64_t{0}}.IsValid()));
  EXPECT_TRUE((Node{63, ~uint64_t{0} >> 1}.IsValid()));
  for (const Node& none :
       {Node{65, 0}, Node{200, 0}, Node{0, 1}, Node{1, 2}, Node{63, ~uint64_t{0}}}) {
    EXPECT_FALSE(none.IsValid()) << int{none.depth} << " " << none.prefix;
  }
}

TEST(KeyTree, OnlyContactsWithinTheLeafHaveOne) {
  EXPECT_TRUE(seal::LeafOfContact(ContactId{seal::kMaxContact}, seal::kMaxGeneration));
  EXPECT_FALSE(seal::LeafOfContact(ContactId{0}));
  EXPECT_FALSE(seal::LeafOfContact(ContactId{-1}));
  EXPECT_FALSE(seal::LeafOfContact(ContactId{seal::kMaxContact + 1}));
  EXPECT_FALSE(seal::LeafOfContact(ContactId{1}, seal::kMaxGeneration + 1));
  EXPECT_FALSE(seal::LeafOfContact(ContactId{1}, -1));
}

// The order of questions does not matter: the kept path is only a shortcut.
TEST(KeyTree, AnswersTheSameWhateverWasAskedBefore) {
  std::mt19937_64 random(2);
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
    for (const auto& [node, seed] : asked.nodes())
      fresh.Apply({TreeChange::Kind::kPut, node, {}, seed});
    for (const Leaf erased : asked.erased()) fresh.Apply({TreeChange::Kind::kMark, {}, erased, {}});
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
  std::mt19937_64 random(3);
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
