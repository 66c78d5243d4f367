// Threads for what takes long, as rendering a long list does, fair to tenants: work of one tenant
// is done one after the other, so that it holds one thread at most however much of it waits, and
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
  ~TenantTurns();  // as Stop

  // Runs `work` on a thread of its own, after all that was given for the tenant before. `work` must
  // not throw. Nothing is refused: each piece of work is a request that the front has counted, and
  // the front bounds connections and the requests under way on each.
  void Run(const TenantId& tenant, std::function<void()> work);

  // Ends when all that was given is done; later work runs on the caller's thread.
  void Stop();

  // Pieces of work that wait for a thread, and that were given to one since the start.
  size_t waiting() const;
  uint64_t begun() const;

 private:
  using Queue = std::deque<std::function<void()>>;
  void Work();

  mutable std::mutex mutex_;
  std::condition_variable more_;
  std::unordered_map<std::string, Queue> queues_;  // of tenants whose work waits or runs
  std::deque<std::string> next_;  // tenants whose turn comes, those whose work runs now not among
                                  // them
  size_t waiting_ = 0;
  uint64_t begun_ = 0;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace contacts::api
