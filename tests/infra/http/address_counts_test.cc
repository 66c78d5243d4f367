#include "infra/http/address_counts.h"

#include <gtest/gtest.h>

#include <string>

namespace contacts::http {
namespace {

IpAddress At(const std::string& text) { return ReadAddress(text).value(); }

TEST(AddressCounts, CountsEachIPv4AddressSeparately) {
  AddressCounts counts;
  EXPECT_EQ(counts.Add(At("192.0.2.1")), 1u);
  EXPECT_EQ(counts.Add(At("192.0.2.1")), 2u);
  EXPECT_EQ(counts.Add(At("192.0.2.2")), 1u);
  EXPECT_EQ(counts.Add(At("::ffff:192.0.2.2")), 2u);
}

// A customer with a /64 has 2^64 addresses.
TEST(AddressCounts, CountsIPv6ByItsNetwork) {
  AddressCounts counts;
  EXPECT_EQ(counts.Add(At("2001:db8:1:2::1")), 1u);
  EXPECT_EQ(counts.Add(At("2001:db8:1:2:ffff::9")), 2u);
  EXPECT_EQ(counts.Add(At("2001:db8:1:3::1")), 1u);
}

TEST(AddressCounts, KeepsNothingOfAddressesThatHaveGone) {
  AddressCounts counts;
  for (int i = 0; i < 1000; ++i) {
    const IpAddress address = At("2001:db8:1:" + std::to_string(i) + "::1");
    counts.Add(address);
    counts.Add(address);
    EXPECT_EQ(counts.size(), 1u);
    counts.Remove(address);
    EXPECT_EQ(counts.Add(address), 2u);
    counts.Remove(address);
    counts.Remove(address);
  }
  EXPECT_EQ(counts.size(), 0u);
}

}  // namespace
}  // namespace contacts::http
