// Threads for long work, such as rendering a long list, fair to tenants: the work of one tenant
// runs one piece after the other, so that it holds at most one thread however much of it waits, and
// the tenants that have work take turns.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "events/values/ids.h"

namespace contacts::api {

// Any thread.
class TenantTurns {
 public:
  explicit TenantTurns(int threads);
  ~TenantTurns();  // like Stop

  // Runs `work` on one of these threads, after all earlier work for the tenant. `work` must not
  // throw. Nothing is refused: each piece of work is a request that the front has counted, and the
  // front bounds connections and the requests under way on each.
  void Run(const TenantId& tenant, std::function<void()> work);

  // Returns when all work is done; later work runs on the caller's thread.
  void Stop();

  // How many pieces of work wait for a thread, and how many began since the start.
  size_t waiting() const;
  uint64_t begun() const;

 private:
  using Queue = std::deque<std::function<void()>>;
  void Work();

  mutable std::mutex mutex_;
  std::condition_variable more_;
  std::unordered_map<std::string, Queue> queues_;  // of tenants whose work waits or runs
  std::deque<std::string> next_;  // tenants in turn, without those whose work runs now
  size_t waiting_ = 0;
  uint64_t begun_ = 0;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace contacts::api
