// Shared by the writer thread and the handles of one partition: the newest entries, where the
// partition ends, and the reports that wait to be polled.
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

// A handle's reports that it has not polled yet. Guarded by its PartitionTail.
struct UnpolledReports {
  std::vector<DeliveryReport> reports;
  const std::shared_ptr<WakeSlot> wake = std::make_shared<WakeSlot>();
};

// A report for a handle, which may be gone when the report is delivered.
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

  // In one step: makes the entries readable and their reports pollable. Wakes all handles.
  void Publish(Entries entries, std::vector<Addressed> reports);
  // Adds only reports. Wakes no handle.
  void Report(std::vector<Addressed> reports);
  void WakeAll();

  // The result of one Take. When `from` is no longer kept here, `entries` is empty, and the entries
  // from `from` up to `kept` must be read from disk.
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
