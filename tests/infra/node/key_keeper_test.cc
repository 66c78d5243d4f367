// Keys and history at a start, over a real store of keys: only the secrets are in memory.
#include "infra/node/key_keeper.h"

#include <gtest/gtest.h>

#include <memory>

#include "events/rows/row_archive.h"
#include "events/seal/leaf.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"
#include "projections/store/view_store.h"
#include "tests/infra/keys/key_instance.h"
#include "tests/support/memory_view_store.h"

namespace contacts::testing {
namespace {

using seal::TreeId;

constexpr size_t kPseudonymSize = 64;  // hex digits of a keyed hash

// One process on a store of secrets and the read models.
struct KeptKeys {
  KeptKeys(SharedSecrets& secrets, const ViewReader& views)
      : instance(secrets),
        keeper(*instance.keys, instance.keyring, views,
               [](const TenantId&, const std::string&) {}) {}
  TreeId MakeTree() { return *instance.keys->EnsureTree(kAcme); }

  KeyInstance instance;
  KeyKeeper keeper;
};

class KeyKeeperTest : public ::testing::Test {
 protected:
  template <class Row>
  void Write(View view, const std::string& key, const Row& row) {
    ViewBatch batch;
    batch.Put(view, key, ToRow(row));
    views_.Write(batch);
  }
  void HistoryNames(const TreeId& tree) {
    TenantRow row;
    row.keys = ToHex(tree);
    Write(View::kTenants, keys::Tenant(kAcme), row);
  }

  MemoryViewStore views_;
  SharedSecrets secrets_;
};

TEST_F(KeyKeeperTest, APseudonymStaysTheSameWhicheverTreeIsMadeLater) {
  std::string before;
  TreeId tree;
  {
    KeptKeys first(secrets_, views_);
    EXPECT_EQ(first.keeper.Pseudonym(kAcme, "jane@example.org"), "") << "there is no tree yet";
    tree = first.MakeTree();
    HistoryNames(tree);
    before = first.keeper.Pseudonym(kAcme, "jane@example.org");
    EXPECT_EQ(before.size(), kPseudonymSize) << before;
    EXPECT_NE(first.keeper.Pseudonym(kAcme, "jo@example.org"), before);
  }
  // Two instances may each make a tree; a smaller one changes nothing.
  secrets_.Append(StoreKeyOf(kAcme, TreeId{}, seal::Node{}), std::string(32, 's'));
  KeptKeys again(secrets_, views_);
  ASSERT_EQ(again.instance.keyring.SmallestTree(kAcme), TreeId{});
  EXPECT_EQ(again.keeper.Pseudonym(kAcme, "jane@example.org"), before);
}

// The tree that history names is lost for good, so its pseudonyms are; sessions go on with others.
TEST_F(KeyKeeperTest, AStoreThatWasAdoptedGivesPseudonymsOfItsOwn) {
  std::string before;
  {
    KeptKeys first(secrets_, views_);
    HistoryNames(first.MakeTree());
    before = first.keeper.Pseudonym(kAcme, "jane@example.org");
  }
  SharedSecrets adopted;
  KeptKeys again(adopted, views_);
  again.MakeTree();
  const std::string after = again.keeper.Pseudonym(kAcme, "jane@example.org");
  EXPECT_EQ(after.size(), kPseudonymSize) << after;
  EXPECT_NE(after, before);
  EXPECT_EQ(again.keeper.Pseudonym(kAcme, "jane@example.org"), after);
}

// The contact lives, and its past was erased: an earlier process may not have destroyed those keys.
TEST_F(KeyKeeperTest, AStartDestroysTheKeysOfErasedPasts) {
  const seal::Leaf past = *seal::LeafOfContact(ContactId{1}, 0);
  const seal::Leaf present = *seal::LeafOfContact(ContactId{1}, 1);
  TreeId tree;
  {
    KeptKeys first(secrets_, views_);
    tree = first.MakeTree();
  }
  TenantRow tenant;
  tenant.last_contact_id = ContactId{1};
  tenant.erasure = Sequence{2};
  Write(View::kTenants, keys::Tenant(kAcme), tenant);
  ContactRow contact;
  contact.contact.id = ContactId{1};
  contact.generation = 1;
  Write(View::kContacts, keys::Contact(kAcme, ContactId{1}), contact);

  KeptKeys again(secrets_, views_);
  again.keeper.NoteErasedBefore();
  EXPECT_TRUE(again.instance.Find(tree, past).erased) << "at once";
  EXPECT_TRUE(again.instance.Find(tree, present).key);
  ASSERT_TRUE(again.keeper.FinishErasing().ok());
  seal::KeyTree stored = TreeIn(secrets_, tree);
  EXPECT_TRUE(stored.Find(past).erased);
  EXPECT_FALSE(stored.Covers(past));
  EXPECT_TRUE(stored.Find(present).key);
}

}  // namespace
}  // namespace contacts::testing
