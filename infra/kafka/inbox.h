// Shared by the handle of a partition with other threads: reports, ends and faults that they
// leave for its next Poll, and how far it has read.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "events/event_log.h"
#include "infra/kafka/fingerprint.h"

namespace contacts::kafka {

// Any thread.
class Inbox {
 public:
  void SetWake(std::function<void()> wake) {
    const std::lock_guard lock(wake_mutex_);
    wake_ = std::move(wake);
  }
  // No wake comes after SetWake(nullptr) has returned.
  void Wake() {
    const std::lock_guard lock(wake_mutex_);
    if (wake_) wake_();
  }

  // A Wake must follow.
  void Put(DeliveryReport report) {
    const std::lock_guard lock(mutex_);
    held_.reports.push_back(std::move(report));
  }
  // Drops the answer when a newer query was answered before. False: the end is before
  // what was read, so the leader that gave this answer lags or was deposed.
  bool AnswerEnd(uint64_t query, Offset end) {
    {
      const std::lock_guard lock(mutex_);
      if (end.value < place_.end) return false;
      if (query < answered_) return true;
      answered_ = query;
      held_.end_query = query;
      held_.end = end;
    }
    Wake();
    return true;
  }
  // Only the first fault is kept.
  void Fail(std::string message) {
    {
      const std::lock_guard lock(mutex_);
      if (!fault_) fault_ = LogFault{std::move(message)};
    }
    Wake();
  }

  void StartFrom(Offset from) {
    const std::lock_guard lock(mutex_);
    place_ = {from.value, std::nullopt, std::nullopt};
  }
  // These two change nothing when a later entry is known: a second reading learns nothing of it.
  void SetNewest(const Fingerprint& fingerprint) {
    const std::lock_guard lock(mutex_);
    if (place_.newest && fingerprint.offset < place_.newest->offset) return;
    place_.newest = fingerprint;
    place_.end = fingerprint.offset.value + 1;
  }
  void SetAnchor(const Fingerprint& fingerprint) {
    const std::lock_guard lock(mutex_);
    if (place_.anchor && fingerprint.offset < place_.anchor->offset) return;
    place_.anchor = fingerprint;
  }
  Place place() {
    const std::lock_guard lock(mutex_);
    return place_;
  }

  // Returns and clears what was left for the handle; the fault stays. Entries are not among it.
  Polled Take() {
    const std::lock_guard lock(mutex_);
    Polled taken = std::exchange(held_, {});
    taken.fault = fault_;
    return taken;
  }

 private:
  std::mutex wake_mutex_;
  std::function<void()> wake_;
  std::mutex mutex_;
  Polled held_;
  uint64_t answered_ = 0;  // the newest query that was answered
  std::optional<LogFault> fault_;
  Place place_;
};

}  // namespace contacts::kafka
