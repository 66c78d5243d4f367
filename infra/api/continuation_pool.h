// Threads that continue requests after a wait, because the reading that was waited for must not
// delay the thread that ends the wait (a projector, a session store). Long work goes from here to
// the threads of tenant_turns.h, so that it delays no other continuation.
#pragma once

#include <cstddef>
#include <functional>
#include <thread>

#include "infra/base/worker_pool.h"

namespace contacts::api {

// Any thread.
class ContinuationPool {
 public:
  explicit ContinuationPool(size_t threads);

  // Runs `work` immediately if the caller is the thread that began to wait, else on a thread of the
  // pool. `work` must not throw. The front bounds how much work can wait.
  void Run(std::thread::id waiter, std::function<void()> work);

  // Returns when all work is done; later work runs on the caller's thread.
  void Stop() { pool_.Stop(); }

 private:
  WorkerPool pool_;
};

}  // namespace contacts::api
