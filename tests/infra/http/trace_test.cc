#include "infra/http/trace.h"

#include <gtest/gtest.h>

#include <set>

namespace contacts::http {
namespace {

TEST(RequestId, MadeOnesAreValidAndDiffer) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = MakeRequestId();
    EXPECT_TRUE(IsRequestId(id));
    EXPECT_EQ(id.size(), 32u);
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 1000u);
}

TEST(RequestId, TakesCharactersThatAreSafeInALogLine) {
  EXPECT_TRUE(IsRequestId("Root=1-67891233-abcdef012345678912345678"));
  EXPECT_TRUE(IsRequestId(std::string(128, 'x')));
  EXPECT_FALSE(IsRequestId(""));
  EXPECT_FALSE(IsRequestId(std::string(129, 'x')));
  for (const char* bad : {"a b", "a\"b", "a\nb", "a\xc3\xa9", "a;b", "a\\b"}) {
    EXPECT_FALSE(IsRequestId(bad)) << bad;
  }
}

constexpr const char* kTrace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(Traceparent, TakesTheFormOfTheStandard) {
  EXPECT_TRUE(IsTraceparent(kTrace));
  EXPECT_TRUE(IsTraceparent("01" + std::string(kTrace).substr(2) + "-more"));
  EXPECT_TRUE(IsTraceparent("cc" + std::string(kTrace).substr(2)));
}

TEST(Traceparent, RefusesEveryOtherText) {
  const std::string good = kTrace;
  EXPECT_FALSE(IsTraceparent(""));
  EXPECT_FALSE(IsTraceparent(good + "-more"));
  EXPECT_FALSE(IsTraceparent(good.substr(1)));
  EXPECT_FALSE(IsTraceparent("ff" + good.substr(2)));
  EXPECT_FALSE(IsTraceparent("00-00000000000000000000000000000000-00f067aa0ba902b7-01"));
  EXPECT_FALSE(IsTraceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"));
  EXPECT_FALSE(IsTraceparent("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"));
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = 'g';
    EXPECT_FALSE(IsTraceparent(bad)) << bad;
  }
}

// Bytes of a later version that are not text went into records, which then could not be read.
TEST(Traceparent, IsVisibleAsciiThroughout) {
  const std::string good = kTrace;
  EXPECT_FALSE(IsTraceparent("01" + good.substr(2) + "-\xff"));
  const std::string later = "01" + good.substr(2) + "-more";
  for (size_t place = 0; place < later.size(); ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = later;
      text[place] = static_cast<char>(byte);
      if (IsTraceparent(text)) {
        ASSERT_TRUE(byte > 0x20 && byte < 0x7f) << byte << " at " << place;
      }
    }
  }
}

}  // namespace
}  // namespace contacts::http
