#include "infra/base/disk_space.h"

#include <gtest/gtest.h>

#include <map>

namespace contacts {
namespace {

using namespace std::chrono_literals;

constexpr uint64_t kGigabyte = 1'000'000'000;

TEST(DiskSpace, IsReadForAPath) {
  const auto space = DiskSpaceAt("/");
  ASSERT_TRUE(space);
  EXPECT_GT(space->total, 0u);
  EXPECT_LE(space->free, space->total);
  EXPECT_FALSE(DiskSpaceAt("/no/such/path"));
  EXPECT_EQ(Shown(DiskSpace{12, 100}), " (12 of 100 bytes are free)");
  EXPECT_EQ(Shown(std::nullopt), "");
}

// Disks with sizes that the test sets.
class WatchedDisks : public ::testing::Test {
 protected:
  std::map<std::string, DiskSpace> disks_{{"/log", {90 * kGigabyte, 100 * kGigabyte}},
                                          {"/views", {95 * kGigabyte, 100 * kGigabyte}}};
  int looks_ = 0;
  std::chrono::steady_clock::time_point now_;
  DiskWatch watch_{{"/log", "/views", "/unknown"},
                   [this](const std::string& path) -> std::optional<DiskSpace> {
                     ++looks_;
                     const auto disk = disks_.find(path);
                     return disk == disks_.end() ? std::nullopt : std::optional(disk->second);
                   },
                   [this] { return now_; }};
};

TEST_F(WatchedDisks, TheFullestCounts) {
  EXPECT_EQ(watch_.Fullest().free, 90 * kGigabyte);
  EXPECT_EQ(watch_.Low(), "");
}

TEST_F(WatchedDisks, ADiskThatIsNearlyFullIsNamed) {
  disks_["/views"] = {kGigabyte / 2, 100 * kGigabyte};
  EXPECT_EQ(
      watch_.Low(),
      "The disk of /views is nearly full (500000000 of 100000000000 bytes are free); make room "
      "on it.");
}

TEST_F(WatchedDisks, ALargeDiskWithAGigabyteAndAnEmptySmallDiskAreNotLow) {
  disks_["/log"] = {kGigabyte, 1000 * kGigabyte};
  disks_["/views"] = {kGigabyte / 10, kGigabyte};
  EXPECT_EQ(watch_.Low(), "");
}

TEST_F(WatchedDisks, AreLookedAtOnceASecond) {
  watch_.Low();
  const int once = looks_;
  now_ += 999ms;
  watch_.Fullest();
  EXPECT_EQ(looks_, once);
  disks_["/log"] = {0, kGigabyte};
  now_ += 1ms;
  EXPECT_EQ(watch_.Fullest().free, 0u);
  EXPECT_NE(watch_.Low(), "");
  disks_["/log"] = {kGigabyte, kGigabyte};
  now_ += 1s;
  EXPECT_EQ(watch_.Low(), "");
}

}  // namespace
}  // namespace contacts
