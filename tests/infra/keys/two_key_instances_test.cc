// Instances that erase and make trees at once settle, and write no more than they must.
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>
#include <vector>

#include "tests/infra/keys/key_instance.h"

namespace contacts::testing {
namespace {

using seal::Leaf;
using seal::TreeId;

// Trap 15. Without the order in which instances mend, each would undo what the other did.
TEST(TwoKeyInstances, ThatEraseDifferentPeopleAtOnceSettle) {
  for (int round = 0; round < 5; ++round) {
    SharedSecrets shared;
    KeyInstance one(shared, QuickKeys());
    const TreeId tree = *one.keys->EnsureTree(kAcme);
    KeyInstance other(shared, QuickKeys());
    const auto key = one.Find(tree, LeafOfContact(ContactId{500})).key;
    constexpr int kEach = 20;
    std::vector<std::thread> erasing;
    for (KeyInstance* instance : {&one, &other}) {
      erasing.emplace_back([&, instance] {
        for (int i = 0; i < kEach; ++i) {
          const ContactId contact{2 * i + (instance == &one ? 1 : 2)};
          EXPECT_TRUE(instance->keys->Erase(kAcme, LeafOfContact(contact)).ok());
        }
      });
    }
    for (std::thread& thread : erasing) thread.join();
    const auto settled = [&] {
      seal::KeyTree now = TreeIn(shared, tree);
      return now.erased().size() == 2 * kEach && now.CoveredErased().empty();
    };
    EXPECT_TRUE(Eventually(settled));
    // Each erasure alone stores 64 nodes at most.
    EXPECT_LT(shared.size(), 2u * 2 * kEach * 130);
    // From now on nobody writes, however often they look.
    const size_t before = shared.size();
    for (int i = 0; i < 3; ++i) {
      for (KeyInstance* instance : {&one, &other}) {
        instance->keys->Repair();
        const uint64_t asked = instance->keyring.AskForAll();
        ASSERT_TRUE(Eventually([&] { return instance->keyring.HasAll(asked); }));
      }
    }
    EXPECT_TRUE(settled());
    EXPECT_EQ(shared.size(), before);
    for (KeyInstance* instance : {&one, &other}) {
      EXPECT_EQ(instance->Find(tree, LeafOfContact(ContactId{500})).key, key);
      for (int i = 1; i <= 2 * kEach; ++i) {
        EXPECT_TRUE(instance->Find(tree, LeafOfContact(ContactId{i})).erased);
      }
    }
  }
}

// Trap 15: all instances see the same node at the same moment.
TEST(TwoKeyInstances, LeaveASplitToTheInstanceThatErased) {
  SharedSecrets shared;
  KeyInstance one(shared);  // waits an hour for others
  const TreeId tree = *one.keys->EnsureTree(kAcme);
  const auto root = shared.From(0).front();
  const Leaf jane = LeafOfContact(ContactId{42});
  ASSERT_TRUE(one.keys->Erase(kAcme, jane).ok());
  std::atomic<int> written{0};
  KeyInstance other(shared, Patient(), [&] {
    ++written;
    return SharedSecretStore::Fate::kDone;
  });
  shared.Append(root.first, root.second);
  ASSERT_TRUE(other.store.CatchUp().ok());
  ASSERT_TRUE(one.store.CatchUp().ok());
  EXPECT_TRUE(Eventually([&] { return !TreeIn(shared, tree).Covers(jane); }));
  const uint64_t asked = other.keyring.AskForAll();
  ASSERT_TRUE(Eventually([&] { return other.keyring.HasAll(asked); }));
  EXPECT_EQ(written, 0);
}

TEST(TwoKeyInstances, MendAfterAWhileWhatTheOtherLeft) {
  SharedSecrets shared;
  TreeId tree;
  const Leaf jane = LeafOfContact(ContactId{42});
  KeyInstance other(shared, QuickKeys());
  {
    KeyInstance one(shared);
    tree = *one.keys->EnsureTree(kAcme);
    const auto root = shared.From(0).front();
    ASSERT_TRUE(one.keys->Erase(kAcme, jane).ok());
    shared.Append(root.first, root.second);
  }  // it died
  ASSERT_TRUE(other.store.CatchUp().ok());
  EXPECT_TRUE(Eventually([&] { return !TreeIn(shared, tree).Covers(jane); }));
}

// An erasure that did not know of a tree that was made meanwhile.
TEST(TwoKeyInstances, EraseAlsoInTheTreeThatTheOtherMakes) {
  SharedSecrets shared;
  KeyInstance one(shared, QuickKeys());
  KeyInstance other(shared, QuickKeys());
  const TreeId first = *one.keys->EnsureTree(kAcme);
  const Leaf jane = LeafOfContact(ContactId{42});
  ASSERT_TRUE(one.keys->Erase(kAcme, jane).ok());
  // The other instance made its tree before it read of the first one.
  const TreeId second{{9}};
  shared.Append(seal::StoreKeyOf(kAcme, second, seal::Node{}), std::string(32, 's'));
  ASSERT_TRUE(other.store.CatchUp().ok());
  for (const TreeId& tree : {first, second}) {
    EXPECT_TRUE(Eventually([&] {
      seal::KeyTree now = TreeIn(shared, tree);
      return now.erased().contains(jane) && !now.Covers(jane);
    }));
  }
  EXPECT_EQ(*one.keys->EnsureTree(kAcme), *other.keys->EnsureTree(kAcme));
}

}  // namespace
}  // namespace contacts::testing
