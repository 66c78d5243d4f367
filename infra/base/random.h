// Random bytes that nobody can guess: for ids, secrets and tokens. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "events/values/time.h"

namespace contacts {

// Ends the process when the system has none: no id, secret or token could be made.
void FillRandom(uint8_t* to, size_t size);

// `bytes` random bytes as lower-case hexadecimal digits.
std::string RandomHex(size_t bytes);

// A UUID of version 7 (RFC 9562) of this time.
std::string NewUuid(Timestamp time);

}  // namespace contacts
