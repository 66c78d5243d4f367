#include "infra/base/natural_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace contacts {
namespace {

const std::vector<std::string> kInOrder{
    "",          "1",          "02",     "2",          "10",      "a",
    "B",         "user",       "User 1", "user 1",     "user 2",  "user 10",
    "user 10 a", "user 010 b", "user x", "zo\xC3\xAB", "\xC3\xA4"};

TEST(NaturalOrder, NumbersCountAndCaseDoesNot) {
  std::vector<std::string> shuffled = kInOrder;
  std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937(7));
  std::sort(shuffled.begin(), shuffled.end(), NaturallyBefore);
  EXPECT_EQ(shuffled, kInOrder);
}

TEST(NaturalOrder, IsStrictAndTotal) {
  for (const std::string& a : kInOrder) {
    EXPECT_FALSE(NaturallyBefore(a, a));
    for (const std::string& b : kInOrder) {
      EXPECT_TRUE(a == b || NaturallyBefore(a, b) != NaturallyBefore(b, a)) << a << " " << b;
    }
  }
}

TEST(NaturalOrder, ANumberMayBeLongerThanAnyInteger) {
  EXPECT_TRUE(NaturallyBefore("x" + std::string(40, '9'), "x1" + std::string(40, '0')));
}

}  // namespace
}  // namespace contacts
