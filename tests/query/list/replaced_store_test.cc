// Kept lists when the store of the views is replaced. Both stores have one position, as two stores
// made from one log; their rows differ, which shows which store was read.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "projections/store/replaceable_view_store.h"
#include "query/list/list_cache.h"
#include "tests/query/list/askers.h"
#include "tests/query/list/interrupted_store.h"

namespace contacts::query {
namespace {

// One contact, changed at `at`.
void Fill(ViewStore& views, const std::string& name, int64_t at = 1) {
  TenantRow tenant;
  tenant.head = tenant.applied = tenant.contacts_changed = Sequence{at};
  tenant.contacts = tenant.last_contact_id.value = 1;
  ViewBatch batch;
  batch.Put(View::kContacts, keys::Contact(kAcme, ContactId{1}),
            ToRow(ContactRow{{ContactType::kVendor, true, std::nullopt, Sequence{at}, name}}));
  batch.Put(View::kTenants, keys::Tenant(kAcme), ToRow(tenant));
  views.Write(batch);
}

std::shared_ptr<InterruptedStore> StoreWith(const std::string& name) {
  auto store = std::make_shared<InterruptedStore>();
  Fill(*store, name);
  return store;
}

class ReplacedStoreTest : public ::testing::Test {
 protected:
  std::string List() {
    std::string text;
    const auto reading = cache_.Read(ListKind::kContacts, kAdmin);
    for (const Chunk& chunk : reading->list->plain()) text += *chunk;
    return text;
  }

  std::shared_ptr<InterruptedStore> old_ = StoreWith("old");
  ReplaceableViewStore views_{old_};
  ListCache cache_{views_, 1 << 20};
};

TEST_F(ReplacedStoreTest, AListIsThatOfTheNewOne) {
  EXPECT_EQ(List(), "[old]");
  EXPECT_EQ(List(), "[old]");
  ASSERT_TRUE(views_.Replace(StoreWith("new")));
  EXPECT_EQ(List(), "[new]");
  EXPECT_EQ(List(), "[new]");
}

TEST_F(ReplacedStoreTest, AlsoWhenTheOldOneComesBack) {
  EXPECT_EQ(List(), "[old]");
  ASSERT_TRUE(views_.Replace(StoreWith("new")));
  EXPECT_EQ(List(), "[new]");
  Fill(*old_, "old, and changed");
  ASSERT_TRUE(views_.Replace(old_));
  EXPECT_EQ(List(), "[old, and changed]");
}

TEST_F(ReplacedStoreTest, AlsoWhenItIsReplacedWhileAListIsLookedUp) {
  EXPECT_EQ(List(), "[old]");
  Fill(views_, "old");  // otherwise the tenant's row is not read
  old_->after_tenant = [this] { ASSERT_TRUE(views_.Replace(StoreWith("new"))); };
  EXPECT_EQ(List(), "[new]");
  EXPECT_FALSE(old_->after_tenant);
  EXPECT_EQ(List(), "[new]");
}

TEST_F(ReplacedStoreTest, AlsoWhenItIsReplacedBeforeAListIsRendered) {
  old_->before_snapshot = [this] { ASSERT_TRUE(views_.Replace(StoreWith("new"))); };
  EXPECT_EQ(List(), "[new]");
  EXPECT_FALSE(old_->before_snapshot);
  EXPECT_EQ(List(), "[new]");
}

TEST_F(ReplacedStoreTest, AListThatWasAskedForLaterIsNeverOlder) {
  std::atomic<int> newest = 0;
  std::atomic<int> older = 0;
  std::atomic<int> lists = 0;
  std::atomic<bool> done = false;
  ASSERT_TRUE(views_.Replace(StoreWith("0")));
  const auto read = [&] {
    while (!done) {
      const int before = newest;
      if (std::stoi(List().substr(1)) < before) ++older;
      ++lists;
    }
  };
  std::thread first(read);
  std::thread second(read);
  for (int i = 1; i <= 300 || lists < 1000; ++i) {
    ASSERT_TRUE(views_.Replace(StoreWith(std::to_string(i))));
    newest = i;
  }
  done = true;
  first.join();
  second.join();
  EXPECT_EQ(older, 0);
}

}  // namespace
}  // namespace contacts::query
