// What the writer thread and the handles of one partition share: the newest entries, where the
// partition ends, and what waits to be polled.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "events/event_log.h"

namespace contacts::embedded {

// Calls a handle's wake as long as the handle lives. Any thread.
class WakeSlot {
 public:
  void Set(std::function<void()> wake);
  void Call();

 private:
  std::mutex mutex_;
  std::function<void()> wake_;
};

// What was reported to a handle and not yet polled. Guarded by its PartitionTail.
struct UnpolledReports {
  std::vector<DeliveryReport> reports;
  const std::shared_ptr<WakeSlot> wake = std::make_shared<WakeSlot>();
};

// A report and whose it is; the handle may be gone by then.
struct Addressed {
  std::weak_ptr<UnpolledReports> unpolled;
  DeliveryReport report;
};

// Any thread.
class PartitionTail {
 public:
  using Entries = std::vector<std::shared_ptr<const LogEntry>>;

  PartitionTail(Offset end, size_t max_bytes) : end_(end), max_bytes_(max_bytes) {}

  std::shared_ptr<UnpolledReports> Join();

  // In one step: the entries can be read, their reports be polled. All handles are woken.
  void Publish(Entries entries, std::vector<Addressed> reports);
  // Reports alone. Wakes nobody.
  void Report(std::vector<Addressed> reports);
  void WakeAll();

  // What one Poll takes. `entries` is empty when `from` is no longer kept here and still to be read
  // from disk, up to `kept`.
  struct Taken {
    std::vector<DeliveryReport> reports;
    Entries entries;
    Offset kept;
    Offset end;
  };
  Taken Take(UnpolledReports& unpolled, Offset from, size_t max_entries);

  Offset end() const;

 private:
  mutable std::mutex mutex_;
  Offset end_;
  std::deque<std::shared_ptr<const LogEntry>> entries_;  // the newest ones, up to end_
  size_t bytes_ = 0;
  const size_t max_bytes_;
  std::vector<std::weak_ptr<UnpolledReports>> unpolled_;
};

}  // namespace contacts::embedded
