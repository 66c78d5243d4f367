// The clocks and random bytes that deciding needs. The caller passes them, so that the simulation
// can provide its own.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "events/values/ids.h"
#include "events/values/time.h"

namespace contacts {

// Time that only measures: deadlines, pauses, round trips.
using Instant = std::chrono::steady_clock::time_point;

struct World {
  std::function<Timestamp()> wall_clock;                 // the time that records carry
  std::function<void(uint8_t* to, size_t size)> random;  // unpredictable bytes: ids, request keys
  // Why wall_clock cannot be right, given the time of the record that a new one would continue;
  // empty: it can be right. No function: it is never checked.
  std::function<std::string(Timestamp continued)> clock_fault = {};
  WriterTag writer{};  // the writer in this world; no two writers of one log have the same
};

}  // namespace contacts
