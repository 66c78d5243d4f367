#include "infra/base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

namespace contacts::testing {
namespace {

TEST(Random, HexHasTwoDigitsAByteAndDiffersEachTime) {
  std::set<std::string> all;
  for (int i = 0; i < 100; ++i) {
    const std::string text = RandomHex(16);
    EXPECT_EQ(text.size(), 32u);
    EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), std::string::npos) << text;
    all.insert(text);
  }
  EXPECT_EQ(all.size(), 100u);
}

// A loop that stopped early, or filled each place with one byte, would pass the test above.
TEST(Random, FillsEveryByte) {
  std::array<uint8_t, 64> seen{};
  for (int i = 0; i < 32; ++i) {
    std::array<uint8_t, 64> some{};
    FillRandom(some.data(), some.size());
    for (size_t at = 0; at < seen.size(); ++at) seen[at] |= some[at];
  }
  for (size_t at = 0; at < seen.size(); ++at) EXPECT_NE(seen[at], 0) << at;
}

TEST(Random, AUuidHasTheTimeThatWasAskedFor) {
  const std::string id = NewUuid(Timestamp{0x0123456789AB});
  EXPECT_EQ(id.substr(0, 15), "01234567-89ab-7");
  EXPECT_NE(id, NewUuid(Timestamp{0x0123456789AB}));
}

}  // namespace
}  // namespace contacts::testing
