#include "events/values/month.h"

#include <gtest/gtest.h>

namespace contacts {
namespace {

TEST(Month, OfATimeIsItsCalendarMonth) {
  EXPECT_EQ(MonthOf(Timestamp{0}), 0);
  EXPECT_EQ(MonthOf(*ParseTimestamp("1970-01-31T23:59:59.999Z")), 0);
  EXPECT_EQ(MonthOf(*ParseTimestamp("1970-02-01T00:00:00.000Z")), 1);
  EXPECT_EQ(MonthOf(*ParseTimestamp("2026-05-15T10:00:00.000Z")), 56 * 12 + 4);
  EXPECT_EQ(MonthOf(Timestamp{-1}), 0);
}

TEST(Month, IsReadInOneForm) {
  EXPECT_EQ(ParseMonth("2026-05"), 56 * 12 + 4);
  EXPECT_EQ(ParseMonth("1970-01"), 0);
  for (const char* text : {"", "2026-5", "2026-13", "2026-00", "1969-12", "2026-05-01", "2026/05",
                           "+026-05", "2026-05 "}) {
    EXPECT_EQ(ParseMonth(text), std::nullopt) << text;
  }
}

TEST(Month, BeginsAtItsFirstDay) {
  EXPECT_EQ(FormatTimestamp(BeginOfMonth(*ParseMonth("2026-05"))), "2026-05-01T00:00:00.000Z");
  EXPECT_EQ(FormatTimestamp(BeginOfMonth(*ParseMonth("1999-12"))), "1999-12-01T00:00:00.000Z");
}

}  // namespace
}  // namespace contacts
