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

  // The place is free again when the result goes, which may outlive the object: the last one to
  // hold a stream is whichever thread told it something. nullptr: there is none.
  std::shared_ptr<void> Take(const TenantId& tenant, const std::string& actor);

 private:
  struct Table {
    std::mutex mutex;
    std::map<std::string, size_t> taken;  // by tenant, and by tenant and actor; no entry: 0
  };
  const std::shared_ptr<Table> table_ = std::make_shared<Table>();
};

// Why there is no place.
Error TooManyStreams();

}  // namespace contacts::api
