#include "infra/http/reader_pace.h"

#include <gtest/gtest.h>

namespace contacts::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr size_t kStep = 16 * 1024;
constexpr ReaderPace::Clock::time_point kStart{};

TEST(ReaderPace, WithoutProgressAReaderIsTooSlow) {
  ReaderPace pace(seconds(30), 8192);
  pace.Begin(kStart, 1 << 20);
  EXPECT_FALSE(pace.TooSlow(kStart + seconds(30)));
  EXPECT_TRUE(pace.TooSlow(kStart + seconds(30) + milliseconds(1)));
  pace.Took(kStart + seconds(20), kStep - 1);
  EXPECT_TRUE(pace.TooSlow(kStart + seconds(31)));
  pace.Took(kStart + seconds(20), 1);
  EXPECT_FALSE(pace.TooSlow(kStart + seconds(50)));
}

// 16 KiB in each half minute kept 4 MB for two hours.
TEST(ReaderPace, ProgressIsNotEnoughForEver) {
  ReaderPace pace(seconds(30), 8192);
  pace.Begin(kStart, 80 * kStep);  // 160 s at the slowest rate
  auto now = kStart;
  for (int i = 0; i < 6; ++i) pace.Took(now += seconds(30), kStep);
  EXPECT_FALSE(pace.TooSlow(kStart + seconds(190)));
  EXPECT_TRUE(pace.TooSlow(kStart + seconds(190) + milliseconds(1)));
}

TEST(ReaderPace, AddedBytesHaveTheirTime) {
  ReaderPace pace(seconds(30), 8192);
  pace.Begin(kStart, 8192);
  pace.Add(8192 * 5);
  pace.Took(kStart + seconds(30), kStep);
  EXPECT_FALSE(pace.TooSlow(kStart + seconds(36)));
  EXPECT_TRUE(pace.TooSlow(kStart + seconds(36) + milliseconds(1)));
}

TEST(ReaderPace, ANewBeginForgetsEarlierProgress) {
  ReaderPace pace(seconds(30), 8192);
  pace.Begin(kStart, 8192);
  pace.Took(kStart + seconds(1), kStep - 1);
  pace.Begin(kStart + seconds(60), 8192);
  EXPECT_FALSE(pace.TooSlow(kStart + seconds(90)));
  pace.Took(kStart + seconds(70), 1);  // not progress together with the bytes before
  EXPECT_TRUE(pace.TooSlow(kStart + seconds(90) + milliseconds(1)));
}

TEST(ReaderPace, WithoutARateProgressIsEnough) {
  ReaderPace pace(seconds(30), 0);
  pace.Begin(kStart, 80 * kStep);
  pace.Took(kStart + std::chrono::hours(9), kStep);
  EXPECT_FALSE(pace.TooSlow(kStart + std::chrono::hours(9) + seconds(30)));
}

}  // namespace
}  // namespace contacts::http
