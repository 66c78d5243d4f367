// The time of day in milliseconds, for records and expiries.
#pragma once

#include <chrono>

#include "events/values/time.h"

namespace contacts {

inline Timestamp SystemTime() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

}  // namespace contacts
