// Waits for a condition that another thread makes true.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace contacts::testing {

// False: it did not hold within 30 seconds, which only a broken test takes.
inline bool Eventually(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace contacts::testing
