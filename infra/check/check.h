// Finds what keeps `contacts serve` from working here, now or later. It changes nothing
// except one key of its own in Redis, which it removes, and disturbs no running server.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>

#include "infra/base/finding.h"
#include "infra/node/config.h"

namespace contacts::check {

struct Subject {
  enum class For {
    kPeople,  // `contacts check`: all there is to say
    kStart,   // `contacts serve`: what its own start would say late or not at all
  };
  Config config;
  std::set<std::string> unusable = {};  // unknown settings: the parts that need them are left out
  std::map<std::string, std::string> origins = {};  // by setting: where its value came from
  bool unread = false;                              // no setting is known
  For asked_for = For::kPeople;
  std::string settings_file = {};  // empty: there is none
};

// Looks at all parts in parallel; their findings come in a fixed order. A part that hangs is a
// finding when the time is over; its thread may go on until the process ends. The call lasts until
// the slowest part has answered, and `time` only when a part hangs.
Findings LookAt(const Subject& subject, std::chrono::milliseconds time);

// Whether the thread of a part that hung still runs. That thread uses libraries that exit() would
// clear away.
bool IsLooking();

}  // namespace contacts::check
