// A few threads with a bounded queue, for work that must not hold up an event loop.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace contacts {

// Any thread, but not from its own tasks.
class WorkerPool {
 public:
  WorkerPool(size_t threads, size_t max_waiting);
  ~WorkerPool();  // runs what is still waiting, then ends

  // False: too much is waiting, the task will not run. A task must not throw.
  [[nodiscard]] bool Post(std::function<void()> task);

 private:
  void Run();

  const size_t max_waiting_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> waiting_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace contacts
