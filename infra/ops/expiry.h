// Reads the time at which something ends, as an operator writes it.
#pragma once

#include <string>

#include "events/values/result.h"
#include "events/values/time.h"

namespace contacts {

// A time, "2027-01-31T00:00:00Z" (with milliseconds or without), or a duration from `now` on: a
// whole number and m, h or d ("90d"). kBadRequest for anything else, and for a time that has
// passed.
Result<Timestamp> ReadExpiry(const std::string& text, Timestamp now);

}  // namespace contacts
