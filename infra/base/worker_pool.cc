#include "infra/base/worker_pool.h"

#include <utility>

namespace contacts {

WorkerPool::WorkerPool(size_t threads, size_t max_waiting, PoolThreads kind)
    : max_waiting_(max_waiting), kind_(std::move(kind)) {
  try {
    for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
  } catch (...) {  // a thread cannot be made
    Stop();
    throw;
  }
}

WorkerPool::~WorkerPool() { Stop(); }

void WorkerPool::Stop() {
  std::deque<Task> refused;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    std::deque<Task> kept;
    for (Task& task : waiting_) (task.stopped ? refused : kept).push_back(std::move(task));
    waiting_.swap(kept);
  }
  wake_.notify_all();
  for (const Task& task : refused) task.stopped();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

bool WorkerPool::Post(std::function<void()> task, std::function<void()> stopped) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= max_waiting_ && !ending_) return false;
    if (!ending_) {
      waiting_.push_back({std::move(task), std::move(stopped)});
      wake_.notify_one();
      return true;
    }
  }
  if (!stopped) return false;
  stopped();
  return true;
}

void WorkerPool::PostOrRun(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (!ending_) {
      waiting_.push_back({std::move(task), nullptr});
      wake_.notify_one();
      return;
    }
  }
  task();
}

void WorkerPool::Run() {
  Heartbeat heart(kind_.name);
  std::unique_lock lock(mutex_);
  while (true) {
    heart.Wait(wake_, lock, [this] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Task task = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    {
      const Heartbeat::Task working(heart, "a task of its queue", kind_.allowed);
      task.run();
      task = {};  // destroys what it holds while the lock is free
    }
    lock.lock();
  }
}

}  // namespace contacts
