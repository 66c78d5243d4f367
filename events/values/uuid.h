// UUIDs of version 7, which sort by their time (RFC 9562, section 5.7).
#pragma once

#include <cstdint>
#include <string>

#include "events/values/time.h"

namespace contacts {

// From a time and 10 random bytes. Of the time, the lowest 48 bits of its milliseconds count.
std::string UuidV7(Timestamp time, const uint8_t (&random)[10]);

}  // namespace contacts
