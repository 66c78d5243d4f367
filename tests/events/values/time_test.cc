#include "events/values/time.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/generators.h"

namespace contacts {
namespace {

TEST(Timestamp, IsWrittenWithMillisecondsAndZ) {
  const struct {
    int64_t milliseconds;
    const char* text;
  } table[] = {
      {0, "1970-01-01T00:00:00.000Z"},
      {-1, "1969-12-31T23:59:59.999Z"},
      {1'795'428'000'123, "2026-11-23T10:00:00.123Z"},
      {951'782'399'999, "2000-02-28T23:59:59.999Z"},
      {951'782'400'000, "2000-02-29T00:00:00.000Z"},  // a leap year, as every 400th is
      {1'709'251'199'007, "2024-02-29T23:59:59.007Z"},
      {-2'203'891'200'000, "1900-03-01T00:00:00.000Z"},
      {-62'167'219'200'000, "0000-01-01T00:00:00.000Z"},
      {253'402'300'799'999, "9999-12-31T23:59:59.999Z"},
  };
  for (const auto& [milliseconds, text] : table) {
    EXPECT_EQ(FormatTimestamp({milliseconds}), text);
    EXPECT_EQ(ParseTimestamp(text), Timestamp{milliseconds}) << text;
  }
}

// A broken clock must not stop the program.
TEST(Timestamp, OutsideOfItsYearsIsWrittenAsTheNearestInside) {
  EXPECT_EQ(FormatTimestamp({INT64_MIN}), "0000-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatTimestamp({-62'167'219'200'001}), "0000-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatTimestamp({253'402'300'800'000}), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(FormatTimestamp({INT64_MAX}), "9999-12-31T23:59:59.999Z");
}

TEST(Timestamp, IsReadInThatFormOnly) {
  for (const char* bad : {"",
                          "2026-11-23",
                          "2026-11-23T10:00:00Z",
                          "2026-11-23T10:00:00.12Z",
                          "2026-11-23T10:00:00.1234Z",
                          "2026-11-23T10:00:00.123",
                          "2026-11-23T10:00:00.123+00:00",
                          "2026-11-23t10:00:00.123Z",
                          "2026-11-23T10:00:00.123z",
                          "2026-11-23 10:00:00.123Z",
                          "2026-11-23T10:00:00,123Z",
                          " 2026-11-23T10:00:00.123Z",
                          "2026-11-23T10:00:00.123Z ",
                          "2026-1-23T10:00:00.1234Z",
                          "-026-11-23T10:00:00.123Z",
                          "+026-11-23T10:00:00.123Z",
                          "2026-00-23T10:00:00.123Z",
                          "2026-13-23T10:00:00.123Z",
                          "2026-11-00T10:00:00.123Z",
                          "2026-11-31T10:00:00.123Z",
                          "2026-02-29T10:00:00.123Z",
                          "1900-02-29T10:00:00.123Z",
                          "2024-02-30T10:00:00.123Z",
                          "2026-11-23T24:00:00.000Z",
                          "2026-11-23T10:60:00.123Z",
                          "2026-11-23T23:59:60.000Z",
                          "2026-11-23T1a:00:00.123Z"}) {
    EXPECT_FALSE(ParseTimestamp(bad)) << bad;
  }
}

RC_GTEST_PROP(Timestamp, ComesBackAsItWas, ()) {
  const Timestamp time = *gen::Time();
  RC_ASSERT(ParseTimestamp(FormatTimestamp(time)) == time);
}

RC_GTEST_PROP(Timestamp, SortsAsTextAsItSortsAsTime, ()) {
  const Timestamp a = *gen::Time(), b = *gen::Time();
  RC_ASSERT((FormatTimestamp(a) < FormatTimestamp(b)) == (a < b));
}

}  // namespace
}  // namespace contacts
