#include "events/position.h"

#include <gtest/gtest.h>

namespace contacts {
namespace {

TEST(Position, IsANumberUntilTheLogIsRestored) {
  EXPECT_EQ(TextOf(Position{Sequence{17}, 1}), "17");
  EXPECT_EQ(TextOf(Position{Sequence{121}, 2}), "2.121");
  EXPECT_EQ(PositionFrom("17"), (Position{Sequence{17}, 1}));
  EXPECT_EQ(PositionFrom("2.121"), (Position{Sequence{121}, 2}));
  EXPECT_EQ(PositionFrom("0"), (Position{Sequence{0}, 1}));
  EXPECT_EQ(PositionFrom("2147483647.999999999999999"),
            (Position{Sequence{999'999'999'999'999}, 2147483647}));
}

TEST(Position, EachOtherTextIsRefused) {
  for (const char* text : {"",
                           ".",
                           "1.",
                           ".1",
                           "2.",
                           "1.5",
                           "0.5",
                           "02.5",
                           "-1",
                           "+1",
                           " 1",
                           "1 ",
                           "2.1.3",
                           "2,1",
                           "2147483648.1",
                           "1000000000000000",
                           "2.1000000000000000",
                           "0x1",
                           "1e3",
                           "٣"}) {
    EXPECT_EQ(PositionFrom(text), std::nullopt) << text;
  }
}

TEST(Position, ARecordIsOfTheEpochThatItWasMadeIn) {
  const std::vector<EpochBegun> begun{{2, Sequence{100}}, {4, Sequence{110}}};
  EXPECT_EQ(EpochOf({}, Sequence{9}), 1);
  EXPECT_EQ(EpochOf(begun, Sequence{0}), 1);
  EXPECT_EQ(EpochOf(begun, Sequence{100}), 1);
  EXPECT_EQ(EpochOf(begun, Sequence{101}), 2);
  EXPECT_EQ(EpochOf(begun, Sequence{110}), 2);
  EXPECT_EQ(EpochOf(begun, Sequence{111}), 4);
}

// The log was restored again to a point before the last restored point: the records between are
// lost, too, so the later epoch counts.
TEST(Position, OfTwoEpochsThatBeganAtOnePointTheLaterCounts) {
  EXPECT_EQ(EpochOf({{2, Sequence{100}}, {3, Sequence{100}}}, Sequence{101}), 3);
}

}  // namespace
}  // namespace contacts
