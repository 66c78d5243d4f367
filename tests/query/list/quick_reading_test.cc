// Reads on a thread of the front, during which all its other clients wait.
#include <gtest/gtest.h>

#include "tests/query/list/sized_lists.h"

namespace contacts::query {
namespace {

using QuickReadingTest = SizedLists;

// Sixteen parts were rendered on the event loop whatever their size: 34 MB of large contacts.
TEST_F(QuickReadingTest, QuickReadingReadsNoMoreThanItsBudget) {
  constexpr size_t kContact = 16 * 1024;
  constexpr size_t kBudget = 800'000;
  const auto quickly = [this] {
    return cache_.ReadQuickly(ListKind::kContacts, Admin(kLarge), kBudget).has_value();
  };
  PutMany(kLarge, 100, kContact);
  EXPECT_FALSE(quickly());
  EXPECT_GT(views_.bytes_read, kBudget / 2);
  EXPECT_LT(views_.bytes_read, kBudget + 2 * kContact);
  views_.bytes_read = 0;
  EXPECT_FALSE(quickly());  // known from the read before
  EXPECT_EQ(views_.bytes_read, 0u);
  const auto large = Read(kLarge);
  EXPECT_TRUE(quickly());
  Put(kLarge, 1, kContact);
  views_.bytes_read = 0;
  EXPECT_FALSE(quickly());  // known from the list before, after reading the record of the change
  EXPECT_LT(views_.bytes_read, 2 * kContact);
  EXPECT_NE(Read(kLarge), large);
  EXPECT_TRUE(quickly());
}

// Records were read on the event loop to learn what they changed, whatever their size.
TEST_F(QuickReadingTest, RecordsThatQuickReadingReadsAreCountedToo) {
  constexpr size_t kContact = 16 * 1024;
  Put(kLarge, 1, 100);
  Read(kLarge);
  for (int i = 0; i < 60; ++i) Put(kLarge, 1, kContact);
  Put(kLarge, 1, 100);
  views_.bytes_read = 0;
  EXPECT_FALSE(cache_.ReadQuickly(ListKind::kContacts, Admin(kLarge), 400'000));
  EXPECT_LT(views_.bytes_read, 400'000u / 4);
  EXPECT_TRUE(cache_.Read(ListKind::kContacts, Admin(kLarge)));
}

}  // namespace
}  // namespace contacts::query
