#include "infra/base/trusted_clock.h"

#include <sys/timex.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <utility>

#include "infra/base/system_clock.h"

namespace contacts {
namespace {

constexpr int64_t kMinute = 60'000;
constexpr int64_t kBehind = 5 * kMinute;
constexpr int64_t kStep = 5 * kMinute;
constexpr int64_t kAhead = 400LL * 24 * 60 * kMinute;

std::string Says(Timestamp now) { return "the clock of this machine says " + FormatTimestamp(now); }

constexpr const char* kSetIt = "set the clock right (NTP); writing then goes on automatically. ";

}  // namespace

TrustedClock::Machine TrustedClock::ThisMachine() {
  return {SystemTime,
          [] {
            timespec since = {};
            clock_gettime(CLOCK_BOOTTIME, &since);
            return std::chrono::milliseconds(since.tv_sec * 1000 + since.tv_nsec / 1'000'000);
          },
          [] {
            timex only_look = {};
            const int state = adjtimex(&only_look);
            return state >= 0 && state != TIME_ERROR;
          }};
}

TrustedClock::TrustedClock(Machine machine, Timestamp newest, Compare compare)
    : machine_(std::move(machine)), compare_(compare), newest_(newest) {}

std::string TrustedClock::Fault(Timestamp continued) {
  const std::lock_guard lock(mutex_);
  newest_ = std::max(newest_, continued);
  const Timestamp now = machine_.wall();
  if (std::string fault = FaultByLog(now); !fault.empty()) {
    looked_ = compared_ = false;
    return fault;
  }
  if (std::string fault = FaultBySteps(now); !fault.empty()) return fault;
  if (!looked_) boot_ = now.milliseconds - machine_.awake().count();
  looked_ = true;
  compared_ = all_applied_;
  return "";
}

void TrustedClock::AllApplied(Timestamp newest) {
  const std::lock_guard lock(mutex_);
  all_applied_ = true;
  newest_ = std::max(newest_, newest);
}

std::string TrustedClock::FaultBySteps(Timestamp now) {
  if (!looked_) return "";
  const int64_t boot = now.milliseconds - machine_.awake().count();
  const int64_t step = boot - boot_;
  if (std::abs(step) <= kStep) return "";
  if (machine_.synchronized()) {
    looked_ = false;  // accepts the new time and compares with it from here on
    return "";
  }
  return Says(now) + ", since it was set " + (step > 0 ? "ahead" : "back") + " by " +
         std::to_string(std::abs(step) / kMinute) + " minutes while this process ran: " + kSetIt +
         "If it is right now, restart";
}

std::string TrustedClock::FaultByLog(Timestamp now) const {
  if (compare_ == Compare::kWithItself) return "";
  if (newest_.milliseconds > now.milliseconds + kBehind) {
    return Says(now) + ", but the newest record is of " + FormatTimestamp(newest_) + ": " + kSetIt +
           "If the record is wrong, start with --accept-clock: new records then have its time "
           "until the clock has passed it";
  }
  if (!compared_ && newest_.milliseconds > 0 && now.milliseconds > newest_.milliseconds + kAhead &&
      !machine_.synchronized()) {
    return Says(now) + ", long after the newest record, which is of " + FormatTimestamp(newest_) +
           ": " + kSetIt +
           "If nothing was written in all that time, start once with --accept-clock";
  }
  return "";
}

}  // namespace contacts
