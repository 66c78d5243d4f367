#include "infra/api/stream_places.h"

namespace contacts::api {

std::shared_ptr<void> StreamPlaces::Take(const TenantId& tenant, const std::string& actor) {
  const std::string of_user = tenant.value + ' ' + actor;  // tenant ids hold no space
  const std::lock_guard lock(mutex_);
  const auto count = [this](const std::string& name) {
    const auto taken = taken_.find(name);
    return taken == taken_.end() ? 0 : taken->second;
  };
  if (count(tenant.value) >= kOfATenant || count(of_user) >= kOfAUser) return nullptr;
  ++taken_[tenant.value];
  ++taken_[of_user];
  return {this, [tenant = tenant.value, of_user](StreamPlaces* places) {
            const std::lock_guard lock_again(places->mutex_);
            for (const std::string& name : {tenant, of_user}) {
              if (--places->taken_[name] == 0) places->taken_.erase(name);
            }
          }};
}

Error TooManyStreams() {
  constexpr int kRetrySeconds = 5;
  return {ErrorCode::kTooManyRequests,
          "This user or tenant has too many streams open, or requests that wait for a change",
          {},
          kRetrySeconds};
}

}  // namespace contacts::api
