// Threads on which a request continues after a wait: the thread that ends a wait (of a projector,
// of a session store) must not be held up by the reading that was waited for. Long work continues
// from here to the threads of tenant_turns.h, so that it delays no other continuation.
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

  // Runs `work` before it returns when the caller is the thread that began to wait, and on a thread
  // of the pool otherwise. `work` must not throw. The front bounds how much can wait.
  void Run(std::thread::id waiter, std::function<void()> work);

  // Returns when all work is done; later work runs on the caller's thread.
  void Stop() { pool_.Stop(); }

 private:
  WorkerPool pool_;
};

}  // namespace contacts::api
