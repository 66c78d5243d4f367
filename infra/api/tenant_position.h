// The position at which an answer is true.
#pragma once

#include <cstdint>
#include <optional>

#include "events/opening.h"
#include "events/values/ids.h"

namespace contacts::api {

// A tenant's position, for the headers Contacts-Position and Contacts-Parked.
struct TenantPosition {
  Sequence position;
  std::optional<Sequence> parked;  // the record that the tenant waits at; nullopt: not parked
  int64_t epoch = kFirstEpoch;     // of the record at `position`
};

}  // namespace contacts::api
