// Counts the bytes of a request's body until the request is destroyed or drops it.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace contacts::http {

// Moves with its request, and takes its bytes off the sum when it is destroyed: on any thread, and
// also after the server has ended. A default-constructed one counts nothing.
class BodyCharge {
 public:
  BodyCharge() = default;
  explicit BodyCharge(std::shared_ptr<std::atomic<size_t>> sum) : sum_(std::move(sum)) {}
  BodyCharge(BodyCharge&& other) noexcept
      : sum_(std::move(other.sum_)), bytes_(std::exchange(other.bytes_, 0)) {}
  BodyCharge& operator=(BodyCharge&& other) noexcept;
  ~BodyCharge() { Release(); }

  // Counts `bytes` from now on, instead of those before. Returns the sum of all charges.
  size_t Count(size_t bytes);
  // Takes its bytes off the sum and counts nothing any more.
  void Release();
  bool counts() const { return sum_ != nullptr; }

 private:
  std::shared_ptr<std::atomic<size_t>> sum_;
  size_t bytes_ = 0;
};

}  // namespace contacts::http
