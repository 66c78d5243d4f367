#include "infra/api/continuation_pool.h"

#include <utility>

#include "infra/base/heartbeat.h"

namespace contacts::api {

ContinuationPool::ContinuationPool(int threads) {
  try {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
  } catch (...) {  // a thread cannot be made
    Stop();
    throw;
  }
}

ContinuationPool::~ContinuationPool() { Stop(); }

void ContinuationPool::Run(std::thread::id waiter, std::function<void()> work) {
  if (std::this_thread::get_id() == waiter) return work();
  {
    const std::lock_guard lock(mutex_);
    if (!stopped_) {
      waiting_.push_back(std::move(work));
      more_.notify_one();
      return;
    }
  }
  work();
}

void ContinuationPool::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  more_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void ContinuationPool::Work() {
  Heartbeat heart("api continue");
  for (;;) {
    std::function<void()> work;
    {
      std::unique_lock lock(mutex_);
      heart.Wait(more_, lock, [this] { return stopped_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      work = std::move(waiting_.front());
      waiting_.pop_front();
    }
    const Heartbeat::Task task(heart, "going on with a request");
    work();
  }
}

}  // namespace contacts::api
