// Invariants of kept lists: a broken one ends the process.
#include "query/list/shelf.h"

#include <gtest/gtest.h>

#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "query/list/list_cache.h"
#include "tests/query/list/askers.h"
#include "tests/support/memory_view_store.h"

namespace contacts::query {
namespace {

class ShelfDeathTest : public ::testing::Test {
 protected:
  static std::shared_ptr<KeptList> ListOf(const std::string& key, size_t cost) {
    auto kept = std::make_shared<KeptList>("acme", key, nullptr);
    kept->cost = cost;
    return kept;
  }
  Shelf shelf_{1000, 250, Shelf::LastUsed::kMayGo};
  Shelf other_{1000, 250, Shelf::LastUsed::kStays};
};

TEST_F(ShelfDeathTest, AListIsOnOneShelfOnly) {
  const auto kept = ListOf("a", 10);
  shelf_.Add(kept);
  EXPECT_DEATH(other_.Add(kept), "list.shelf == nullptr");
  EXPECT_DEATH(other_.Use(*kept), "kept.shelf == this");
}

TEST_F(ShelfDeathTest, AListThatWasLetGoCannotBeUsed) {
  const auto kept = ListOf("a", 10);
  shelf_.Add(kept);
  shelf_.Remove(*kept);
  EXPECT_EQ(shelf_.bytes(), 0u);
  EXPECT_DEATH(shelf_.Use(*kept), "kept.shelf == this");
}

TEST_F(ShelfDeathTest, ACostThatChangesOnTheShelfIsNoticed) {
  const auto kept = ListOf("a", 10);
  shelf_.Add(kept);
  kept->cost = 9;
  EXPECT_DEATH(shelf_.Remove(*kept), "bytes == 0");
  kept->cost = 11;
  EXPECT_DEATH(shelf_.Remove(*kept), "bytes >= kept.cost");
}

TEST(ListCacheDeathTest, AKeptListNeverGoesBack) {
  MemoryViewStore views;
  ListCache cache(views, 1 << 20);
  const auto stands_at = [&](int64_t applied, int64_t changed) {
    TenantRow row;
    row.head = row.applied = Sequence{applied};
    row.contacts_changed = Sequence{changed};
    ViewBatch batch;
    batch.Put(View::kTenants, keys::Tenant(kAcme), ToRow(row));
    views.Write(batch);
  };
  stands_at(2, 2);
  ASSERT_TRUE(cache.Read(ListKind::kContacts, kAdmin));
  stands_at(1, 3);
  EXPECT_DEATH(static_cast<void>(cache.Read(ListKind::kContacts, kAdmin)), "position");
}

}  // namespace
}  // namespace contacts::query
