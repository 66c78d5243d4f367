#include "infra/api/tenant_turns.h"

#include <utility>

#include "infra/base/heartbeat.h"

namespace contacts::api {
namespace {

// Measured with a tenant of a million contacts, on a busy machine.
constexpr Heartbeat::Time kLongestRendering{30'000};

}  // namespace

TenantTurns::TenantTurns(int threads) {
  try {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
  } catch (...) {  // a thread cannot be made
    Stop();
    throw;
  }
}

TenantTurns::~TenantTurns() { Stop(); }

void TenantTurns::Run(const TenantId& tenant, std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopped_) {
      const auto [queue, is_new] = queues_.try_emplace(tenant.value);
      queue->second.push_back(std::move(work));
      ++waiting_;
      if (!is_new) return;  // its turn is coming already
      next_.push_back(tenant.value);
      more_.notify_one();
      return;
    }
  }
  work();
}

void TenantTurns::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  more_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

size_t TenantTurns::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

uint64_t TenantTurns::begun() const {
  const std::lock_guard lock(mutex_);
  return begun_;
}

void TenantTurns::Work() {
  Heartbeat heart("api rendering");
  std::unique_lock lock(mutex_);
  for (;;) {
    heart.Wait(more_, lock, [this] { return stopped_ || !next_.empty(); });
    if (next_.empty()) return;
    std::string tenant = std::move(next_.front());
    next_.pop_front();
    Queue& queue = queues_.at(tenant);  // its place in memory stays while others come and go
    std::function<void()> work = std::move(queue.front());
    queue.pop_front();
    --waiting_;
    ++begun_;
    lock.unlock();
    {
      const Heartbeat::Task task(heart, "rendering a list", kLongestRendering);
      work();
      work = nullptr;  // destroying what it holds may take long
    }
    lock.lock();
    if (queue.empty()) {
      queues_.erase(tenant);
    } else {
      next_.push_back(std::move(tenant));  // this thread continues, so no other is woken
    }
  }
}

}  // namespace contacts::api
