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
  if (const auto found = by_tenant_.find(tenant); found != by_tenant_.end()) {
    buckets_.splice(buckets_.begin(), buckets_, found->second);
    return buckets_.front();
  }
  buckets_.push_front({tenant, static_cast<double>(per_second_), now});
  by_tenant_[tenant] = buckets_.begin();
  if (buckets_.size() > max_tenants_) {
    by_tenant_.erase(buckets_.back().tenant);
    buckets_.pop_back();
  }
  return buckets_.front();
}

}  // namespace contacts::api
