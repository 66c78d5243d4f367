// How many bytes a caller that must not be held up may still read.
#pragma once

#include <cstddef>
#include <cstdint>

namespace contacts::query {

class ByteBudget {
 public:
  static constexpr size_t kNoLimit = SIZE_MAX;
  explicit ByteBudget(size_t bytes = kNoLimit) : left_(bytes) {}

  // False: fewer were left; the budget is spent from now on.
  bool Take(size_t bytes) {
    if (left_ == kNoLimit) return true;
    is_spent_ = is_spent_ || bytes > left_;
    left_ = is_spent_ ? 0 : left_ - bytes;
    return !is_spent_;
  }
  bool is_spent() const { return is_spent_; }

 private:
  size_t left_;
  bool is_spent_ = false;
};

}  // namespace contacts::query
