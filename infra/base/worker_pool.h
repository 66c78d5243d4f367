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
  std::chrono::milliseconds allowed = Heartbeat::kAllowed;  // one task may take so long
};

// Any thread; Stop not from its own tasks.
class WorkerPool {
 public:
  WorkerPool(size_t threads, size_t max_waiting, PoolThreads kind = {});
  ~WorkerPool();  // as Stop

  // False: too much is waiting, neither of them will run. Else one of them runs, once: the task on
  // a thread of the pool, or, when Stop comes before that, `stopped` on its caller's. None as
  // `stopped`: then the task runs all the same. Neither may throw.
  [[nodiscard]] bool Post(std::function<void()> task, std::function<void()> stopped = nullptr);

  // Runs the task on a thread of the pool, however much is waiting; after Stop on the caller's.
  void PostOrRun(std::function<void()> task);

  // When it returns, no task runs or will; to be called before what the tasks use goes.
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
