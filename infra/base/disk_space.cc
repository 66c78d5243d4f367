#include "infra/base/disk_space.h"

#include <sys/statvfs.h>

#include <utility>

namespace contacts {
namespace {

// Both limits must be passed: a small disk would warn while it is empty, a large one far too early.
constexpr uint64_t kLowBytes = 1'000'000'000;
constexpr uint64_t kLowPart = 20;
constexpr std::chrono::seconds kLookEvery{1};

}  // namespace

std::optional<DiskSpace> DiskSpaceAt(const std::string& path) {
  struct statvfs found = {};
  if (statvfs(path.c_str(), &found) != 0 || found.f_blocks == 0) return std::nullopt;
  return DiskSpace{uint64_t{found.f_bavail} * found.f_frsize,
                   uint64_t{found.f_blocks} * found.f_frsize};
}

bool IsLow(const DiskSpace& space) {
  return space.free < kLowBytes && space.free < space.total / kLowPart;
}

std::string Shown(const std::optional<DiskSpace>& space) {
  if (!space) return "";
  return " (" + std::to_string(space->free) + " of " + std::to_string(space->total) +
         " bytes are free)";
}

DiskWatch::DiskWatch(std::vector<std::string> directories, Measure measure, Clock clock)
    : directories_(std::move(directories)),
      measure_(std::move(measure)),
      clock_(std::move(clock)) {}

void DiskWatch::Look() {
  const auto now = clock_();
  if (looked_ && now - *looked_ < kLookEvery) return;
  looked_ = now;
  low_.clear();
  std::optional<DiskSpace> fullest;
  for (const std::string& directory : directories_) {
    const auto space = measure_(directory);
    if (!space) continue;
    if (!fullest || space->free < fullest->free) fullest = space;
    if (low_.empty() && IsLow(*space)) {
      low_ = "The disk of " + directory + " is nearly full" + Shown(space) + "; make room on it.";
    }
  }
  fullest_ = fullest.value_or(DiskSpace{});
}

std::string DiskWatch::Low() {
  const std::lock_guard lock(mutex_);
  Look();
  return low_;
}

DiskSpace DiskWatch::Fullest() {
  const std::lock_guard lock(mutex_);
  Look();
  return fullest_;
}

}  // namespace contacts
