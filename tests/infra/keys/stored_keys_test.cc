#include "infra/keys/stored_keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/infra/keys/key_instance.h"

namespace contacts::testing {
namespace {

using seal::Leaf;
using seal::Node;
using seal::StoreKeyOf;
using seal::TreeChange;
using seal::TreeId;
using Fate = SharedSecretStore::Fate;

const Leaf kJane = LeafOfContact(ContactId{42});
const Leaf kJo = LeafOfContact(ContactId{43});

std::vector<TreeChange::Kind> KindsFrom(const SharedSecrets& shared, size_t begin) {
  std::vector<TreeChange::Kind> kinds;
  for (const auto& [id, secret] : shared.From(begin)) {
    kinds.push_back(seal::ReadStored(id, secret)->change.kind);
  }
  return kinds;
}

TEST(StoredKeys, ATreeIsMadeOnceAndIsThereAfterARestart) {
  SharedSecrets shared;
  TreeId tree;
  {
    KeyInstance process(shared);
    EXPECT_FALSE(process.keyring.SmallestTree(kAcme));
    tree = *process.keys->EnsureTree(kAcme);
    EXPECT_EQ(*process.keys->EnsureTree(kAcme), tree);
    EXPECT_TRUE(process.Find(tree, kJane).key);
  }
  KeyInstance again(shared);
  EXPECT_EQ(*again.keys->EnsureTree(kAcme), tree);
  EXPECT_EQ(again.keyring.TreesOf(kAcme).size(), 1u);
  KeyInstance other(shared);
  EXPECT_EQ(other.Find(tree, kJane).key, again.Find(tree, kJane).key);
}

// Trap 1.
TEST(StoredKeys, AnErasurePutsThenMarksThenDeletes) {
  SharedSecrets shared;
  KeyInstance process(shared);
  const TreeId tree = *process.keys->EnsureTree(kAcme);
  for (const Leaf leaf : {kJane, kJo}) {
    const size_t before = shared.size();
    ASSERT_TRUE(process.keys->Erase(kAcme, leaf).ok());
    const auto kinds = KindsFrom(shared, before);
    EXPECT_TRUE(std::is_sorted(kinds.begin(), kinds.end()));
    EXPECT_EQ(kinds.back(), TreeChange::Kind::kDelete);
    EXPECT_TRUE(process.Find(tree, leaf).erased);
  }
  const size_t done = shared.size();
  EXPECT_TRUE(process.keys->Erase(kAcme, kJane).ok());
  EXPECT_EQ(shared.size(), done) << "an erasure that is done writes nothing";
}

// Each failed change is tried again, whether it was made or not, and the order of kinds holds.
TEST(StoredKeys, ALostAcknowledgementIsTriedAgain) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 10; ++round) {
    SharedSecrets shared;
    KeyInstance process(shared, Patient(), [&] {
      return random() % 3 == 0   ? Fate::kUnacknowledged
             : random() % 3 == 0 ? Fate::kLost
                                 : Fate::kDone;
    });
    const TreeId tree = *process.keys->EnsureTree(kAcme);
    const auto key = process.Find(tree, kJo).key;
    const size_t before = shared.size();
    ASSERT_TRUE(process.keys->Erase(kAcme, kJane).ok());
    EXPECT_EQ(process.keyring.TreesOf(kAcme).size(), 1u);
    seal::KeyTree now = TreeIn(shared, tree);
    EXPECT_TRUE(now.Find(kJane).erased);
    EXPECT_FALSE(now.Covers(kJane));
    EXPECT_EQ(now.Find(kJo).key, key);
    // No change of an earlier kind comes later.
    const auto kinds = KindsFrom(shared, before);
    EXPECT_TRUE(std::is_sorted(kinds.begin(), kinds.end()));
    EXPECT_EQ(process.keys->Warning(), "");
  }
}

// Trap 12.
TEST(StoredKeys, TheSameLeafInTwoTenantsIsTwoPeople) {
  SharedSecrets shared;
  const TenantId other{"acme2"};
  std::mt19937_64 random(5);
  const TreeId tree{{7}};
  for (const TenantId& tenant : {kAcme, other}) {
    shared.Append(StoreKeyOf(tenant, tree, Node{}), RootOf(random).view());
  }
  KeyInstance process(shared);
  const auto key = process.keyring.Find(other, tree, kJane).key;
  ASSERT_TRUE(key);
  EXPECT_NE(key, process.Find(tree, kJane).key);
  ASSERT_TRUE(process.keys->Erase(kAcme, kJane).ok());
  EXPECT_TRUE(process.Find(tree, kJane).erased);
  EXPECT_EQ(process.keyring.Find(other, tree, kJane).key, key);
}

// A tree that is made after an erasure must not bring the erased person's key into the world.
TEST(StoredKeys, ANewTreeIsSplitForAllErasedBeforeItIsUsed) {
  SharedSecrets shared;
  const TreeId lost{{1}};  // of an earlier tree only markers are left
  shared.Append(StoreKeyOf(kAcme, lost, kJane), seal::kMarker);
  KeyInstance process(shared);
  process.keys->NoteErased(kAcme, kJo);
  const TreeId tree = *process.keys->EnsureTree(kAcme);
  EXPECT_NE(tree, lost) << "no record that names the lost tree may be opened with other keys";
  seal::KeyTree now = TreeIn(shared, tree);
  for (const Leaf leaf : {kJane, kJo}) {
    EXPECT_TRUE(now.Find(leaf).erased);
    EXPECT_FALSE(now.Covers(leaf));
  }
  EXPECT_TRUE(now.Find(LeafOfContact(ContactId{44})).key);
  // Whoever saw the root saw the markers before it.
  bool rooted = false;
  for (const auto& [id, secret] : shared.From(1)) {
    const auto read = seal::ReadStored(id, secret);
    rooted = rooted || (read->change.kind == TreeChange::Kind::kPut && read->change.node == Node{});
    EXPECT_FALSE(rooted && read->change.kind == TreeChange::Kind::kMark);
  }
}

TEST(StoredKeys, AMakingThatACrashCutLeavesNoTreeWithAPartOfItsKeys) {
  for (int changes = 0; changes < 80; ++changes) {
    SharedSecrets shared;
    shared.Append(StoreKeyOf(kAcme, TreeId{{1}}, kJane), seal::kMarker);
    {
      int left = changes;
      StoredKeys* running = nullptr;
      KeyInstance process(shared, Patient(), [&] {
        if (left-- > 0) return Fate::kDone;
        if (running != nullptr) running->Stop();
        return Fate::kLost;
      });
      running = process.keys.get();
      (void)process.keys->EnsureTree(kAcme);
    }
    KeyInstance again(shared);
    const TreeId tree = *again.keys->EnsureTree(kAcme);
    EXPECT_TRUE(again.Find(tree, kJo).key) << changes;
    EXPECT_TRUE(again.Find(tree, kJane).erased) << changes;
  }
}

// Trap 6: from an old segment, by a late retry or a re-wrap.
TEST(StoredKeys, ANodeThatComesBackIsSplit) {
  SharedSecrets shared;
  KeyInstance process(shared, QuickKeys());
  const TreeId tree = *process.keys->EnsureTree(kAcme);
  const auto root = shared.From(0).front();
  const auto key = process.Find(tree, LeafOfContact(ContactId{44})).key;
  ASSERT_TRUE(process.keys->Erase(kAcme, kJane).ok());
  ASSERT_TRUE(process.keys->Erase(kAcme, kJo).ok());
  shared.Append(root.first, root.second);
  ASSERT_TRUE(process.store.CatchUp().ok());
  EXPECT_TRUE(process.Find(tree, kJane).erased) << "the marker counts meanwhile";
  EXPECT_TRUE(Eventually([&] {
    const seal::KeyTree now = TreeIn(shared, tree);
    return !now.Covers(kJane) && !now.Covers(kJo);
  }));
  EXPECT_EQ(process.Find(tree, LeafOfContact(ContactId{44})).key, key);
}

TEST(StoredKeys, AnErasureThatACrashCutIsFinishedByTheNextStart) {
  for (int changes = 0; changes < 66; ++changes) {
    SharedSecrets shared;
    TreeId tree;
    {
      KeyInstance process(shared);
      tree = *process.keys->EnsureTree(kAcme);
    }
    {
      int left = changes;
      StoredKeys* running = nullptr;
      KeyInstance process(shared, Patient(), [&] {
        if (left-- > 0) return Fate::kDone;
        if (running != nullptr) running->Stop();
        return Fate::kLost;
      });
      running = process.keys.get();
      EXPECT_EQ(process.keys->Erase(kAcme, kJane).ok(), changes > 65);
    }
    KeyInstance again(shared, QuickKeys());
    again.keys->NoteErased(kAcme, kJane);
    EXPECT_TRUE(again.Find(tree, kJane).erased) << "history counts at once";
    EXPECT_TRUE(Eventually([&] { return again.keyring.IsFullyErased(kAcme, tree, kJane); }));
  }
}

TEST(StoredKeys, AMarkerThatWasDeletedIsPutAgain) {
  SharedSecrets shared;
  KeyInstance process(shared, QuickKeys());
  const TreeId tree = *process.keys->EnsureTree(kAcme);
  ASSERT_TRUE(process.keys->Erase(kAcme, kJane).ok());
  shared.Append(StoreKeyOf(kAcme, tree, kJane), std::nullopt);
  ASSERT_TRUE(process.store.CatchUp().ok());
  EXPECT_TRUE(process.Find(tree, kJane).erased);
  EXPECT_TRUE(Eventually([&] { return TreeIn(shared, tree).erased().contains(kJane); }));
}

TEST(StoredKeys, AnAlteredNodeIsAFaultAndTheFirstOneCounts) {
  SharedSecrets shared;
  KeyInstance process(shared);
  const TreeId tree = *process.keys->EnsureTree(kAcme);
  const auto key = process.Find(tree, kJane).key;
  EXPECT_EQ(process.keys->Fault(), "");
  shared.Append(StoreKeyOf(kAcme, tree, Node{}), std::string(32, 'x'));
  shared.Append("k of a stranger", "x");
  ASSERT_TRUE(process.store.CatchUp().ok());
  EXPECT_EQ(process.Find(tree, kJane).key, key);
  EXPECT_NE(process.keys->Fault().find("altered"), std::string::npos);
}

TEST(StoredKeys, AQuestionIsAnsweredOnceAllIsRead) {
  SharedSecrets shared;
  KeyInstance reader(shared);
  KeyInstance other(shared);
  const TreeId tree = *other.keys->EnsureTree(kAcme);
  EXPECT_FALSE(reader.keyring.Has(kAcme, tree)) << "nothing has been read yet";
  const uint64_t asked = reader.keyring.AskForAll();
  EXPECT_TRUE(Eventually([&] { return reader.keyring.HasAll(asked); }));
  EXPECT_TRUE(reader.keyring.Has(kAcme, tree));
}

TEST(StoredKeys, AStoreThatIsLostAnswersNothingUntilItIsBack) {
  SharedSecrets shared;
  TreeId tree;
  {
    KeyInstance process(shared);
    tree = *process.keys->EnsureTree(kAcme);
  }
  SharedSecretStore store(shared);
  seal::Keyring keyring;
  store.SetFault("the topic is gone");
  auto opened = StoredKeys::Open(store, keyring, QuickKeys());
  const auto keys = std::move(*opened);
  EXPECT_NE(keys->Fault().find("the topic is gone"), std::string::npos);
  const uint64_t asked = keyring.AskForAll();
  const auto found = keyring.Find(kAcme, tree, kJane);
  EXPECT_FALSE(found.key || found.erased) << "lost is neither open nor erased";
  EXPECT_FALSE(keyring.HasAll(asked));
  store.SetFault("");
  EXPECT_TRUE(Eventually([&] { return keyring.HasAll(asked); }));
  EXPECT_TRUE(keyring.Find(kAcme, tree, kJane).key);
  EXPECT_EQ(keys->Fault(), "");
}

TEST(StoredKeys, StopEndsAllWaitingForTheStore) {
  SharedSecrets shared;
  std::atomic<bool> broken{false};
  StoredKeys::Options slow = Patient();
  slow.first_retry = slow.longest_retry = std::chrono::hours(1);
  KeyInstance process(shared, slow, [&] { return broken ? Fate::kLost : Fate::kDone; });
  ASSERT_TRUE(process.keys->EnsureTree(kAcme).ok());
  broken = true;
  std::vector<std::thread> callers;
  std::atomic<int> refused{0};
  for (const Leaf leaf : {kJane, kJo}) {
    callers.emplace_back([&, leaf] { refused += !process.keys->Erase(kAcme, leaf).ok(); });
  }
  EXPECT_TRUE(Eventually([&] { return !process.keys->Warning().empty(); }));
  process.keys->Stop();
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(refused, 2);
  EXPECT_FALSE(process.keys->EnsureTree(TenantId{"other"}).ok());
}

}  // namespace
}  // namespace contacts::testing
