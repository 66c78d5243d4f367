// The rows of a round and its checkpoint are in one batch.
#include "projections/store/round.h"

#include <gtest/gtest.h>

#include "tests/support/memory_view_store.h"

namespace contacts::testing {
namespace {

TEST(RoundDeathTest, IsCommittedOnceAndNotChangedAfterwards) {
  MemoryViewStore views;
  Round round(views);
  round.Put(View::kUsers, "a", "1");
  round.Commit();
  EXPECT_EQ(views.Get(View::kUsers, "a"), "1");
  EXPECT_DEATH(round.Commit(), "!is_committed_");
  EXPECT_DEATH(round.Put(View::kUsers, "b", "2"), "!is_committed_");
}

}  // namespace
}  // namespace contacts::testing
