// Threads for what goes on after a wait: whoever ends a wait (a projector, a session store) must
// not be held up by the reading that was waited for. What takes long goes on from here to the
// threads of tenant_turns.h, so that no wait's end is held up by it.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace contacts::api {

// Any thread.
class ContinuationPool {
 public:
  explicit ContinuationPool(int threads);
  ~ContinuationPool();  // as Stop

  // Runs `work` at once when the caller is the thread that began to wait, and on a thread of its
  // own otherwise. `work` must not throw. The front bounds how much can wait.
  void Run(std::thread::id waiter, std::function<void()> work);

  // Ends when all that was given is done; later work runs on the caller's thread.
  void Stop();

 private:
  void Work();

  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<std::function<void()>> waiting_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace contacts::api
