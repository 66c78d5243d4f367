#include "infra/http/body_charge.h"

#include "events/values/invariant.h"

namespace contacts::http {

BodyCharge& BodyCharge::operator=(BodyCharge&& other) noexcept {
  if (this == &other) return *this;
  Release();
  sum_ = std::move(other.sum_);
  bytes_ = std::exchange(other.bytes_, 0);
  return *this;
}

size_t BodyCharge::Count(size_t bytes) {
  if (!sum_) return 0;
  // Modulo 2^n, so that `bytes` may be less than before.
  const size_t more = bytes - std::exchange(bytes_, bytes);
  return sum_->fetch_add(more) + more;
}

void BodyCharge::Release() {
  if (!sum_) return;
  const size_t bytes = std::exchange(bytes_, 0);
  const size_t before = sum_->fetch_sub(bytes);
  CONTACTS_INVARIANT(before >= bytes);
  sum_.reset();
}

}  // namespace contacts::http
