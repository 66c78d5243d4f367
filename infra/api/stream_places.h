// Bounds the streams that are open, and the requests that wait for a change.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "events/values/error.h"
#include "events/values/ids.h"

namespace contacts::api {

// How many of both a tenant, and each of its users, may have at a time, so that no user takes all.
// Any thread.
class StreamPlaces {
 public:
  static constexpr size_t kOfATenant = 2'000;
  static constexpr size_t kOfAUser = 100;

  // The place is free again when the result goes. nullptr: there is none. The object must outlive
  // all places.
  std::shared_ptr<void> Take(const TenantId& tenant, const std::string& actor);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, size_t> taken_;  // by tenant, and by tenant and actor; no entry: 0
};

// Why there is no place.
Error TooManyStreams();

}  // namespace contacts::api
