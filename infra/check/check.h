// A look at all that keeps `contacts serve` from working here, or would later. It changes nothing
// but one key of its own in Redis, which it removes, and disturbs no server that is running.
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
    kStart,   // `contacts serve`: what its own start would not say at once
  };
  Config config;
  std::set<std::string> unusable = {};  // settings that are not known: what needs them is left out
  std::map<std::string, std::string> origins = {};  // where the value of a setting came from
  bool unread = false;                              // none of them is known
  For asked_for = For::kPeople;
  std::string settings_file = {};  // empty: there is none
};

// All parts at once, in a fixed order. A part that hangs is a finding when the time is over; its
// thread may go on then until the process ends. For a start it takes as long as what it asks takes
// to answer, and `time` only when something hangs.
Findings LookAt(const Subject& subject, std::chrono::milliseconds time);

// A part that hung is looked at still. Its thread uses libraries that exit() would clear away.
bool IsLooking();

}  // namespace contacts::check
