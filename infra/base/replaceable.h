// A value that many threads read often and that is replaced seldom, for example a setting.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace contacts {

// Any thread. Reading costs one load: earlier values live as long as this object, because their
// readers are not counted. So it is for values that an operator changes, not for those that
// requests change.
template <class T>
class Replaceable {
 public:
  explicit Replaceable(T value) { Replace(std::move(value)); }
  Replaceable(const Replaceable&) = delete;
  Replaceable& operator=(const Replaceable&) = delete;

  // The current value. The reference is valid as long as this object.
  const T& Get() const { return *current_.load(std::memory_order_acquire); }

  void Replace(T value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::make_unique<const T>(std::move(value)));
    current_.store(values_.back().get(), std::memory_order_release);
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<const T>> values_;
  std::atomic<const T*> current_{nullptr};
};

}  // namespace contacts
