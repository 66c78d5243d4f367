// Finds out whether a topic can be read and written, and leaves nothing in it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "infra/kafka/settings.h"

namespace contacts::kafka {

struct ReadProbe {
  bool denied = false;
  int64_t newest = 0;  // milliseconds: the time of partition 0's newest entry; 0: none was read
};
// Reads the newest entry of partition 0. Throws std::runtime_error with librdkafka's words.
ReadProbe ProbeReading(const Settings& settings, const std::string& topic,
                       std::chrono::milliseconds time);

// Why the broker denies writing; empty: it allows writing, or none answered. Sends an entry larger
// than `largest`, the topic's max.message.bytes: a broker checks rights first, and then refuses
// the entry. Not tried when `largest` is above 4 MB.
std::string WhyNotWritten(const Settings& settings, const std::string& topic, int64_t largest,
                          std::chrono::milliseconds time);

}  // namespace contacts::kafka
