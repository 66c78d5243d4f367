// A large list and its slow readers leave room in the cache for other tenants.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/query/list/sized_lists.h"
#include "tests/support/gunzip.h"

namespace contacts::query {
namespace {

using ListBoundsTest = SizedLists;

// A list that cost over half of the limit evicted all others and then itself: each GET rendered
// it again, and the others' lists, too.
TEST_F(ListBoundsTest, ALargeListLeavesTheOthersWhereTheyAre) {
  Put(kSmall, 1, 100);
  const auto small = Read(kSmall);
  for (const size_t bytes : {15'000, 28'000, 60'000, 300'000}) {  // over ¼, ½ and all of the limit
    Put(kLarge, 1, bytes);
    const auto large = Read(kLarge);
    const ListCounts before = cache_.counts();
    EXPECT_EQ(Read(kLarge), large) << bytes;
    EXPECT_EQ(Read({kLarge, "auditor", std::nullopt}), large) << bytes;
    EXPECT_EQ(Read(kSmall), small) << bytes;
    EXPECT_EQ(cache_.counts().renderings, before.renderings) << bytes;
    EXPECT_LE(cache_.counts().bytes, kLimit);
    EXPECT_GE(cache_.counts().large_bytes, 2 * bytes);
  }
  EXPECT_EQ(cache_.counts().evictions, 0u);
}

TEST_F(ListBoundsTest, LargeListsOfTwoTenantsAreBothKept) {
  Put(kLarge, 1, 20'000);
  Put(kLarger, 1, 25'000);
  const auto large = Read(kLarge);
  const auto larger = Read(kLarger);
  EXPECT_EQ(Read(kLarge), large);
  EXPECT_EQ(Read(kLarger), larger);
  EXPECT_EQ(cache_.counts().renderings, 2u);
}

TEST_F(ListBoundsTest, LargeListsThatDoNotFitMakeRoomForTheOneThatIsUsed) {
  Put(kSmall, 1, 100);
  Put(kLarge, 1, 40'000);
  Put(kLarger, 1, 45'000);
  const auto small = Read(kSmall);
  Read(kLarge);
  const auto larger = Read(kLarger);
  EXPECT_EQ(cache_.counts().evictions, 1u);
  EXPECT_LE(cache_.counts().large_bytes, kLimit);
  EXPECT_EQ(Read(kLarger), larger);
  EXPECT_EQ(Read(kSmall), small);
  EXPECT_EQ(cache_.counts().renderings, 3u);
}

// One tenant's clients see different lists: many such lists evicted those of all other tenants.
TEST_F(ListBoundsTest, ATenantOfManyListsDrivesOutItsOwn) {
  Put(kSmall, 1, 100);
  Put(kLarge, 40, 10'000, ContactType::kInternal);
  const auto small = Read(kSmall);
  for (int64_t contact = 1; contact <= 30; ++contact) {
    Put(kLarge, contact, 1, ContactType::kInternal);
    Read({kLarge, "client", ContactId{contact}});
    EXPECT_LE(cache_.counts().bytes, kLimit);
  }
  EXPECT_GT(cache_.counts().evictions, 0u);
  EXPECT_EQ(Read(kSmall), small);
}

// A tenant alone may use all of the cache.
TEST_F(ListBoundsTest, AShareIsALowerBoundAndNotAnUpperOne) {
  Put(kLarge, 6, 8'000, ContactType::kInternal);
  for (int64_t contact = 1; contact <= 4; ++contact) {
    Put(kLarge, contact, 1, ContactType::kInternal);
    Read({kLarge, "client", ContactId{contact}});
  }
  EXPECT_GT(cache_.counts().bytes, kShare);
  EXPECT_EQ(cache_.counts().evictions, 0u);
}

TEST_F(ListBoundsTest, AListThatGrowsOrShrinksGoesToItsPlace) {
  Put(kLarge, 1, 100);
  Read(kLarge);
  EXPECT_EQ(cache_.counts().large_bytes, 0u);
  const size_t as_small = cache_.counts().bytes;
  Put(kLarge, 2, 50'000);
  Read(kLarge);
  EXPECT_EQ(cache_.counts().bytes, 0u);
  EXPECT_GT(cache_.counts().large_bytes, 2 * 50'000u);
  Put(kLarge, 2, 100);
  Read(kLarge);
  EXPECT_EQ(cache_.counts().large_bytes, 0u);
  EXPECT_GT(cache_.counts().bytes, as_small);
}

// Each version of a list that a slow reader had not taken yet stayed in memory, without a bound.
TEST_F(ListBoundsTest, SlowReadersHoldABoundedNumberOfBytesThenTheirTenantWaits) {
  constexpr size_t kList = 50'000;
  Put(kSmall, 1, 100);
  Put(kLarge, 1, kList);
  std::deque<std::vector<Chunk>> slow;
  int refused = 0;
  for (int version = 1; version <= 50; ++version) {
    Put(kLarge, 1, kList);
    const auto reading = cache_.Read(ListKind::kContacts, Admin(kLarge));
    if (reading) {
      slow.push_back(reading->list->plain());
      slow.push_back(reading->list->gzip());
    } else {
      ++refused;
      EXPECT_EQ(reading.error().code, ErrorCode::kUnavailable);
      EXPECT_GT(reading.error().retry_after_seconds, 0);
    }
    Put(kSmall, 1, 100);
    EXPECT_TRUE(cache_.Read(ListKind::kContacts, Admin(kSmall)));
    // The kept list, texts let go that cost as much as a list (twice its bytes), and the one list
    // that went over that.
    EXPECT_LT(cache_.counts().bytes_alive, 4 * kList) << version;
  }
  EXPECT_EQ(refused, 47);
  EXPECT_EQ(cache_.counts().refusals, 47u);
  slow.clear();
  EXPECT_TRUE(cache_.Read(ListKind::kContacts, Admin(kLarge)));
  EXPECT_LT(cache_.counts().bytes_alive, 2 * kList);
}

TEST_F(ListBoundsTest, KeptListsAreReadAlsoWhileTheTenantWaits) {
  Put(kLarge, 1, 50'000);
  std::vector<std::shared_ptr<const List>> slow;
  for (int version = 1; version <= 4; ++version) {
    Put(kLarge, 1, 50'000);
    slow.push_back(Read(kLarge));
  }
  EXPECT_EQ(Read(kLarge), slow.back());
  Put(kLarge, 1, 50'000);
  EXPECT_FALSE(cache_.Read(ListKind::kContacts, Admin(kLarge)));
  const auto quickly = cache_.ReadQuickly(ListKind::kContacts, Admin(kLarge), 1'000'000);
  ASSERT_TRUE(quickly);
  EXPECT_FALSE(*quickly);
}

// Evicted lists count as let go, too, with all their texts that are compressed later.
TEST_F(ListBoundsTest, TextsOfEvictedListsThatSlowReadersHoldAreCounted) {
  Put(kLarge, 1, 60'000);
  Put(kLarger, 1, 60'000);
  std::vector<std::shared_ptr<const List>> slow;
  for (int i = 0; i < 3; ++i) {
    slow.push_back(Read(kLarge));
    Read(kLarger);
  }
  slow.front()->gzip();
  EXPECT_FALSE(cache_.Read(ListKind::kContacts, Admin(kLarge)));
  slow.clear();
  EXPECT_TRUE(cache_.Read(ListKind::kContacts, Admin(kLarge)));
}

// 10,000 contacts changed 100 times a second, and readers that take half a second for both forms.
// query/README.md derives the numbers.
TEST_F(ListBoundsTest, OrdinaryReadersOfAListThatChangesAllTheTimeAreNeverRefused) {
  ListCache cache(views_, 256u << 20);
  PutMany(kLarge, 10'000, 280);
  std::deque<std::shared_ptr<const List>> readers;
  size_t most_alive = 0;
  const auto whole = cache.Read(ListKind::kContacts, Admin(kLarge))->list;
  whole->gzip();
  const size_t kept = cache.counts().bytes_alive;
  constexpr size_t kVersions = 50;
  for (size_t version = 0; version < 2 * kVersions; ++version) {
    Put(kLarge, static_cast<int64_t>(1 + version * 997 % 10'000), 280);
    readers.push_back(cache.Read(ListKind::kContacts, Admin(kLarge))->list);
    readers.back()->gzip();
    if (readers.size() > kVersions) readers.pop_front();
    most_alive = std::max(most_alive, cache.counts().bytes_alive);
  }
  EXPECT_EQ(cache.counts().refusals, 0u);
  EXPECT_LT(most_alive, kept + kVersions * 150'000);
}

TEST_F(ListBoundsTest, AChangeMakesOnePieceOfTheGzipFormAnew) {
  ListCache cache(views_, 64u << 20);
  PutMany(kLarge, 40 * kIdsInPart, 20);
  const auto before = cache.Read(ListKind::kContacts, Admin(kLarge))->list;
  Put(kLarge, 20 * kIdsInPart, 20);
  const auto after = cache.Read(ListKind::kContacts, Admin(kLarge))->list;
  ASSERT_EQ(before->gzip().size(), 5u);  // header, pieces of 16, 16 and 8 parts, end
  ASSERT_EQ(after->gzip().size(), 5u);
  EXPECT_EQ(after->gzip()[1], before->gzip()[1]);
  EXPECT_NE(after->gzip()[2], before->gzip()[2]);
  EXPECT_EQ(after->gzip()[3], before->gzip()[3]);
  EXPECT_EQ(Gunzip(Text(after->gzip())), Text(after->plain()));
}

TEST_F(ListBoundsTest, ReadersOfManyTenantsGetTheirListsWhileListsComeAndGo) {
  constexpr int kTenants = 6;
  std::atomic<int> faults{0};
  std::vector<TenantId> tenants;
  for (int t = 0; t < kTenants; ++t) {
    tenants.push_back(TenantId{"t" + std::to_string(t)});
    PutMany(tenants.back(), 5, t % 2 == 0 ? 300 : 9'000);
  }
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int r = 0; r < 4; ++r) {
    readers.emplace_back([&, r] {
      std::deque<std::vector<Chunk>> slow;
      for (int i = r; !done || i < 100; ++i) {
        const TenantId& tenant = tenants[static_cast<size_t>(i % kTenants)];
        const size_t most = i % 3 == 0 ? ByteBudget::kNoLimit : 20'000;
        const auto reading = cache_.ReadQuickly(ListKind::kContacts, Admin(tenant), most);
        if (!reading || !*reading) continue;
        const auto& list = (*reading)->list;
        slow.push_back(i % 2 == 0 ? list->plain() : list->gzip());
        if (Gunzip(Text(list->gzip())) != Text(list->plain())) ++faults;
        if (slow.size() > 4) slow.pop_front();
      }
    });
  }
  for (int i = 0; i < 300; ++i) {
    Put(tenants[static_cast<size_t>(i % kTenants)], 1 + i % 5, i % 4 == 0 ? 300 : 9'000);
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(faults, 0);
  // With no reader left, only kept texts are alive: nothing was counted twice or forgotten.
  const ListCounts counts = cache_.counts();
  EXPECT_LE(counts.bytes, kLimit);
  EXPECT_LE(counts.bytes_alive, counts.bytes + counts.large_bytes);
  for (const TenantId& tenant : tenants)
    EXPECT_TRUE(cache_.Read(ListKind::kContacts, Admin(tenant)));
}

}  // namespace
}  // namespace contacts::query
