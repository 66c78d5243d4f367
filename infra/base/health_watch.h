// The thread that watches the others: it looks at their heartbeats, and logs when a part's health
// changes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "infra/base/health.h"

namespace contacts {

// One in a process. The health, and all that its checks use, must outlive it.
class HealthWatch {
 public:
  explicit HealthWatch(const Health& health);
  ~HealthWatch();

 private:
  using Clock = std::chrono::steady_clock;

  void Run();

  const Health& health_;
  HealthLog log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;
  std::thread thread_;  // last: it uses the others
};

}  // namespace contacts
