// A handle of a partition in memory, which the test controls.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "events/event_log.h"

namespace contacts::testing {

// Any thread. Offsets are places in `entries`, until they are compacted.
class ToldPartition : public LogPartition {
 public:
  explicit ToldPartition(std::vector<LogEntry> entries = {}) : entries_(std::move(entries)) {}

  void SetWake(std::function<void()> wake) override {
    const std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
  }
  void Seek(Offset from) override {
    const std::lock_guard lock(mutex_);
    seeks.push_back(from);
    next_ = static_cast<size_t>(from.value);
  }
  void Append(std::vector<Outgoing> entries) override {
    for (Outgoing& entry : entries) appended.push_back(std::move(entry));
  }
  void QueryEnd(uint64_t query) override {
    const std::lock_guard lock(mutex_);
    query_ = query;
  }
  Polled Poll(size_t max_entries) override {
    const std::lock_guard lock(mutex_);
    Polled polled;
    polled.reports = std::exchange(reports_, {});
    while (next_ < entries_.size() && polled.entries.size() < max_entries) {
      polled.entries.push_back(entries_[next_++]);
    }
    if (query_ && answers_ends) {
      polled.end_query = std::exchange(query_, std::nullopt);
      polled.end = entries_.empty() ? Offset{0} : Offset{entries_.back().offset.value + 1};
      ++answered;
    }
    polled.fault = fault_;
    return polled;
  }

  void Add(LogEntry entry) {
    Change([&] { entries_.push_back(std::move(entry)); });
  }
  // From now on it holds these instead, as after a compaction.
  void Compact(std::vector<LogEntry> entries) {
    Change([&] {
      entries_ = std::move(entries);
      next_ = entries_.size();
    });
  }
  void Report(DeliveryReport report) {
    Change([&] { reports_.push_back(std::move(report)); });
  }
  void Fail(const std::string& message) {
    Change([&] { fault_ = LogFault{message}; });
  }

  std::vector<Offset> seeks;
  std::vector<Outgoing> appended;
  std::atomic<bool> answers_ends = true;
  std::atomic<int> answered = 0;  // how many of those who asked for the end

 private:
  void Change(const std::function<void()>& change) {
    const std::lock_guard lock(mutex_);
    change();
    if (wake_) wake_();
  }

  std::mutex mutex_;
  std::function<void()> wake_;
  std::vector<LogEntry> entries_;
  size_t next_ = 0;
  std::vector<DeliveryReport> reports_;
  std::optional<uint64_t> query_;
  std::optional<LogFault> fault_;
};

}  // namespace contacts::testing
