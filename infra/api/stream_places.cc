#include "infra/api/stream_places.h"

namespace contacts::api {

std::shared_ptr<void> StreamPlaces::Take(const TenantId& tenant, const std::string& actor) {
  const std::string of_user = tenant.value + ' ' + actor;  // tenant ids hold no space
  const std::lock_guard lock(table_->mutex);
  std::map<std::string, size_t>& taken = table_->taken;
  const auto count = [&taken](const std::string& name) {
    const auto found = taken.find(name);
    return found == taken.end() ? 0 : found->second;
  };
  if (count(tenant.value) >= kOfATenant || count(of_user) >= kOfAUser) return nullptr;
  ++taken[tenant.value];
  ++taken[of_user];
  return {table_.get(), [table = table_, tenant = tenant.value, of_user](Table*) {
            const std::lock_guard lock_again(table->mutex);
            for (const std::string& name : {tenant, of_user}) {
              if (--table->taken[name] == 0) table->taken.erase(name);
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
