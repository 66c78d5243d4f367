// A few threads with a bounded queue, for work that must not hold up an event loop.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "infra/base/heartbeat.h"

namespace contacts {

struct PoolThreads {
  std::string name = "pool";
  std::chrono::milliseconds allowed = Heartbeat::kAllowed;  // the time of one task
};

// Any thread, but the pool's own tasks must not call Stop.
class WorkerPool {
 public:
  WorkerPool(size_t threads, size_t max_waiting, PoolThreads kind = {});
  ~WorkerPool();  // calls Stop

  // False: the queue is full, and neither function will run. True: one of them runs, once: `task`
  // on a thread of the pool, or, when the pool stops earlier, `stopped` on the thread that calls
  // Stop or Post. A queued task without `stopped` runs even then. Neither may throw.
  [[nodiscard]] bool Post(std::function<void()> task, std::function<void()> stopped = nullptr);

  // Runs `task` on a thread of the pool, however long the queue is; after Stop, on the caller's.
  void PostOrRun(std::function<void()> task);

  // When it returns, no task runs or will run; to be called before the objects that tasks use are
  // destroyed.
  void Stop();

 private:
  struct Task {
    std::function<void()> run;
    std::function<void()> stopped;
  };
  void Run();

  const size_t max_waiting_;
  const PoolThreads kind_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> waiting_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace contacts
