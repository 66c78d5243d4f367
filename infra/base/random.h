// Random bytes that nobody can guess: for ids, secrets and tokens. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "events/values/time.h"

namespace contacts {

// Throws std::runtime_error when the system has none.
void FillRandom(uint8_t* to, size_t size);

// `bytes` random bytes as lower-case hexadecimal digits. Throws as FillRandom.
std::string RandomHex(size_t bytes);

// A UUID of version 7 (RFC 9562) of this time. Throws as FillRandom.
std::string NewUuid(Timestamp time);

}  // namespace contacts
