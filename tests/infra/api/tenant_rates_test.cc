#include "infra/api/tenant_rates.h"

#include <gtest/gtest.h>

namespace contacts::api {
namespace {

using std::chrono::milliseconds;

class TenantRatesTest : public ::testing::Test {
 protected:
  int TakenOf(const std::string& tenant, int tries) {
    int taken = 0;
    for (int i = 0; i < tries; ++i) taken += !rates_.Take(TenantId{tenant});
    return taken;
  }

  TenantRates::Clock::time_point now_{};
  TenantRates rates_{10, [this] { return now_; }, 2};
};

TEST_F(TenantRatesTest, ASecondsWorthImmediatelyAndThenAtTheRate) {
  EXPECT_EQ(TakenOf("acme", 100), 10);
  now_ += milliseconds(350);
  EXPECT_EQ(TakenOf("acme", 100), 3);
  now_ += milliseconds(60'000);
  EXPECT_EQ(TakenOf("acme", 100), 10);
}

TEST_F(TenantRatesTest, OneTooManyIsRefused) {
  TakenOf("acme", 10);
  EXPECT_EQ(
      rates_.Take(TenantId{"acme"}),
      (Error{
          ErrorCode::kTooManyRequests, "The tenant makes more than 10 requests a second", {}, 1}));
}

TEST_F(TenantRatesTest, EachTenantHasItsOwnRate) {
  EXPECT_EQ(TakenOf("acme", 100), 10);
  EXPECT_EQ(TakenOf("umbrella", 100), 10);
  EXPECT_EQ(TakenOf("acme", 1), 0);
}

TEST_F(TenantRatesTest, TheTenantSeenLongestAgoIsForgotten) {
  TakenOf("a", 10);
  TakenOf("b", 10);
  TakenOf("c", 1);
  EXPECT_EQ(TakenOf("b", 1), 0);
  EXPECT_EQ(TakenOf("a", 100), 10);
}

TEST(TenantRates, WithoutABoundNothingIsCounted) {
  TenantRates rates(0, nullptr);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(rates.Take(TenantId{"acme"}), std::nullopt);
}

}  // namespace
}  // namespace contacts::api
