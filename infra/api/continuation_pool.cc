#include "infra/api/continuation_pool.h"

#include <limits>
#include <utility>

namespace contacts::api {

ContinuationPool::ContinuationPool(size_t threads)
    : pool_(threads, std::numeric_limits<size_t>::max(), {.name = "api continue"}) {}

void ContinuationPool::Run(std::thread::id waiter, std::function<void()> work) {
  if (std::this_thread::get_id() == waiter) return work();
  pool_.PostOrRun(std::move(work));
}

}  // namespace contacts::api
