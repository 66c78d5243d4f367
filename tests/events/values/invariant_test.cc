#include "events/values/invariant.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace contacts {
namespace {

TEST(InvariantDeathTest, ABrokenOneEndsTheProcessAndNamesItself) {
  const int one = 1;
  EXPECT_DEATH(CONTACTS_INVARIANT(one == 2), "invariant broken at .*invariant_test.*: one == 2");
}

TEST(InvariantDeathTest, ItsHookIsCalledBeforeTheProcessEnds) {
  EXPECT_DEATH(
      {
        before_abort = [] { static_cast<void>(::write(STDERR_FILENO, "seed 7\n", 7)); };
        CONTACTS_INVARIANT(false);
      },
      "seed 7");
}

TEST(Invariant, OneThatHoldsIsEvaluatedOnce) {
  int asked = 0;
  CONTACTS_INVARIANT(++asked == 1);
  EXPECT_EQ(asked, 1);
}

}  // namespace
}  // namespace contacts
