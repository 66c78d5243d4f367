// The free room on the disks of the stores.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace contacts {

// Bytes of one file system; `free` is what this process may still write.
struct DiskSpace {
  uint64_t free = 0;
  uint64_t total = 0;
};

// The space of the file system that `path` is on. nullopt: the system does not say, or the path
// does not exist.
std::optional<DiskSpace> DiskSpaceAt(const std::string& path);

// Whether less than 1 GB and less than 5 % are free.
bool IsLow(const DiskSpace& space);

// " (12 of 100 bytes are free)", for the end of a clause; empty for nullopt.
std::string Shown(const std::optional<DiskSpace>& space);

// Looks at the file systems of some directories, at most once a second. Any thread; never waits.
class DiskWatch {
 public:
  using Measure = std::function<std::optional<DiskSpace>(const std::string& path)>;
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  explicit DiskWatch(std::vector<std::string> directories, Measure measure = DiskSpaceAt,
                     Clock clock = std::chrono::steady_clock::now);

  // Says which directory's disk has less than 1 GB and less than 5 % free; empty: none.
  std::string Low();
  // The disk with the fewest free bytes; zeros when the system does not say.
  DiskSpace Fullest();

 private:
  void Look();

  const std::vector<std::string> directories_;
  const Measure measure_;
  const Clock clock_;
  std::mutex mutex_;
  std::optional<std::chrono::steady_clock::time_point> looked_;
  std::string low_;
  DiskSpace fullest_;
};

}  // namespace contacts
