// Bounds the requests a second that each tenant may send to this instance: a token bucket that
// holds one second's worth and fills evenly.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "events/values/error.h"
#include "events/values/ids.h"
#include "infra/base/lru.h"

namespace contacts::api {

// Any thread.
class TenantRates {
 public:
  using Clock = std::chrono::steady_clock;

  // `per_second` 0: no bound. Remembers the `max_tenants` tenants seen last; a forgotten one starts
  // with a full bucket.
  TenantRates(int per_second, std::function<Clock::time_point()> clock, size_t max_tenants = 10000)
      : per_second_(per_second), clock_(std::move(clock)), buckets_(max_tenants) {}

  // Counts one request; kTooManyRequests when it is one too many.
  std::optional<Error> Take(const TenantId& tenant);

 private:
  struct Bucket {
    double left = 0;
    Clock::time_point filled;
  };

  Bucket& Find(const std::string& tenant, Clock::time_point now);

  const int per_second_;
  const std::function<Clock::time_point()> clock_;
  std::mutex mutex_;
  Lru<Bucket> buckets_;
};

}  // namespace contacts::api
