#include "infra/api/tenant_rates.h"

#include <algorithm>

namespace contacts::api {

std::optional<Error> TenantRates::Take(const TenantId& tenant) {
  if (per_second_ == 0) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = clock_();
  Bucket& bucket = Find(tenant.value, now);
  const double seconds = std::chrono::duration<double>(now - bucket.filled).count();
  bucket.left = std::min<double>(per_second_, bucket.left + seconds * per_second_);
  bucket.filled = now;
  if (bucket.left < 1) {
    return Error{ErrorCode::kTooManyRequests,
                 "The tenant makes more than " + std::to_string(per_second_) + " requests a second",
                 {},
                 1};
  }
  bucket.left -= 1;
  return std::nullopt;
}

TenantRates::Bucket& TenantRates::Find(const std::string& tenant, Clock::time_point now) {
  const bool known = buckets_.Find(tenant) != nullptr;
  Bucket& bucket = buckets_.Touch(tenant);
  if (!known) bucket = {static_cast<double>(per_second_), now};
  return bucket;
}

}  // namespace contacts::api
