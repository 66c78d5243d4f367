// One caller at a time renders a list. A bounded caller must not be held up: it waits for another
// bounded one, but never for an unbounded one.
#pragma once

#include <cstddef>
#include <mutex>

#include "events/values/invariant.h"
#include "query/list/byte_budget.h"
#include "query/list/shelf.h"

namespace contacts::query {

class RenderingTurn {
 public:
  // Waits for the turn. `mutex` guards `list`. `most`: the bytes that the caller may read; with
  // kNoLimit it is unbounded.
  RenderingTurn(std::mutex& mutex, KeptList& list, size_t most)
      : mutex_(mutex), list_(list), is_unbounded_(most == ByteBudget::kNoLimit) {
    std::unique_lock lock(mutex_);
    if (!is_unbounded_ && most <= list_.known_too_large) return;
    if (is_unbounded_) {
      ++list_.unbounded_waiters;
      list_.turn_ended.notify_all();  // bounded callers stop waiting
    }
    list_.turn_ended.wait(lock, [this] { return !list_.is_rendered_now || MustNotWait(); });
    if (!list_.is_rendered_now) is_mine_ = list_.is_rendered_now = true;
  }
  ~RenderingTurn() {
    const std::lock_guard lock(mutex_);
    CONTACTS_INVARIANT(!is_mine_ || list_.is_rendered_now);
    CONTACTS_INVARIANT(!is_unbounded_ || list_.unbounded_waiters > 0);
    if (is_mine_) list_.is_rendered_now = false;
    if (is_unbounded_) --list_.unbounded_waiters;
    list_.turn_ended.notify_all();
  }
  RenderingTurn(const RenderingTurn&) = delete;
  RenderingTurn& operator=(const RenderingTurn&) = delete;

  // False: the caller would have had to wait, or to read more than it may.
  bool is_mine() const { return is_mine_; }

 private:
  bool MustNotWait() const { return !is_unbounded_ && list_.unbounded_waiters > 0; }

  std::mutex& mutex_;
  KeptList& list_;
  const bool is_unbounded_;
  bool is_mine_ = false;
};

}  // namespace contacts::query
