// The time of day for records, and whether it can be right. A record's time is never before that of
// the record that it continues, so a record stamped years ahead would stamp all later ones.
//
//   the clock is          compared with            until
//   set while we run      the time since the boot  it is set back, or the kernel calls it right
//   behind by 5 minutes   the newest record        it is set right
//   ahead by 400 days     the newest at the start  it is set right, or the kernel calls it right
//
// The kernel calls a clock right when NTP keeps it (adjtimex). A clock that the log showed to be
// wrong may be set while we run.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>

#include "events/values/time.h"

namespace contacts {

class TrustedClock {
 public:
  struct Machine {
    std::function<Timestamp()> wall;                   // the time of day
    std::function<std::chrono::milliseconds()> awake;  // since the boot, sleep counts
    std::function<bool()> synchronized;                // the kernel says that NTP keeps the clock
  };
  static Machine ThisMachine();

  enum class Compare {
    kWithLog,
    kWithItself,  // the operator says that the clock is right (--accept-clock)
  };

  // `newest`: the time of the newest record that is known before AllApplied; {0}: none.
  TrustedClock(Machine machine, Timestamp newest, Compare compare);

  // Any thread, for all methods.
  Timestamp Now() const { return machine_.wall(); }
  // Why the clock cannot be right, and what to do; empty: it can. `continued`: the time of the
  // record that a new one would continue; if no known one is newer, it is the newest from here on.
  std::string Fault(Timestamp continued = {0});
  // The log is applied up to its end at the start, and this is the time of its newest record. Until
  // then a clock that is years ahead may go unnoticed, because the newest record is unknown.
  void AllApplied(Timestamp newest);

 private:
  std::string FaultByLog(Timestamp now) const;
  std::string FaultBySteps(Timestamp now);

  const Machine machine_;
  const Compare compare_;
  std::mutex mutex_;  // for all below
  Timestamp newest_;
  bool all_applied_ = false;
  bool compared_ = false;  // with the whole log, and not found wrong
  bool looked_ = false;    // at a clock that was not found wrong by the log …
  int64_t boot_ = 0;       // … by which the machine booted at this time
};

}  // namespace contacts
