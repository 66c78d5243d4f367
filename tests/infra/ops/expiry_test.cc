#include "infra/ops/expiry.h"

#include <gtest/gtest.h>

namespace contacts {
namespace {

constexpr Timestamp kNow{1'764'000'000'000};

TEST(Expiry, IsATimeOrADuration) {
  const std::pair<std::string, int64_t> cases[] = {
      {"90d", 90 * 24 * 3'600'000LL}, {"12h", 12 * 3'600'000LL}, {"1m", 60'000}};
  for (const auto& [text, milliseconds] : cases) {
    EXPECT_EQ(ReadExpiry(text, kNow).value().milliseconds, kNow.milliseconds + milliseconds)
        << text;
  }
  for (const char* text : {"2027-01-31T00:00:00Z", "2027-01-31T00:00:00.000Z"}) {
    EXPECT_EQ(ReadExpiry(text, kNow).value(), *ParseTimestamp("2027-01-31T00:00:00.000Z")) << text;
  }
}

TEST(Expiry, AnythingElseOrThePastIsRefused) {
  for (const char* text : {"", "d", "0d", "-1d", "1.5d", "1y", "1dd", "100001d", "2027-01-31",
                           "2027-02-31T00:00:00Z", "2025-01-01T00:00:00Z", "never"}) {
    EXPECT_EQ(ReadExpiry(text, kNow).error().code, ErrorCode::kBadRequest) << text;
  }
}

}  // namespace
}  // namespace contacts
