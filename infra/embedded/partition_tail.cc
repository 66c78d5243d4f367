#include "infra/embedded/partition_tail.h"

#include <algorithm>

namespace contacts::embedded {
namespace {

size_t SizeOf(const LogEntry& entry) {
  return sizeof entry + entry.key.size() + entry.value.size();
}

void Deliver(std::vector<Addressed> reports) {
  for (Addressed& addressed : reports) {
    if (const auto unpolled = addressed.unpolled.lock()) {
      unpolled->reports.push_back(std::move(addressed.report));
    }
  }
}

}  // namespace

void WakeSlot::Set(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

void WakeSlot::Call() {
  const std::lock_guard lock(mutex_);
  if (wake_) wake_();
}

std::shared_ptr<UnpolledReports> PartitionTail::Join() {
  auto unpolled = std::make_shared<UnpolledReports>();
  const std::lock_guard lock(mutex_);
  std::erase_if(unpolled_, [](const auto& other) { return other.expired(); });
  unpolled_.push_back(unpolled);
  return unpolled;
}

void PartitionTail::Publish(Entries entries, std::vector<Addressed> reports) {
  {
    const std::lock_guard lock(mutex_);
    for (auto& entry : entries) {
      end_ = Offset{entry->offset.value + 1};
      bytes_ += SizeOf(*entry);
      entries_.push_back(std::move(entry));
    }
    while (bytes_ > max_bytes_ && !entries_.empty()) {
      bytes_ -= SizeOf(*entries_.front());
      entries_.pop_front();
    }
    Deliver(std::move(reports));
  }
  WakeAll();
}

void PartitionTail::Report(std::vector<Addressed> reports) {
  const std::lock_guard lock(mutex_);
  Deliver(std::move(reports));
}

void PartitionTail::WakeAll() {
  // The wakes are called without the lock: a wake may take the mutex that its owner holds while
  // polling.
  std::vector<std::shared_ptr<WakeSlot>> wakes;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& weak : unpolled_) {
      if (const auto unpolled = weak.lock()) wakes.push_back(unpolled->wake);
    }
  }
  for (const auto& wake : wakes) wake->Call();
}

PartitionTail::Taken PartitionTail::Take(UnpolledReports& unpolled, Offset from,
                                         size_t max_entries) {
  const std::lock_guard lock(mutex_);
  Taken taken;
  taken.reports.swap(unpolled.reports);
  taken.end = end_;
  taken.kept = entries_.empty() ? end_ : entries_.front()->offset;
  if (from < taken.kept || from >= end_) return taken;
  const auto first = static_cast<size_t>(from.value - taken.kept.value);
  const size_t count = std::min(max_entries, entries_.size() - first);
  const auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(first);
  taken.entries.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
  return taken;
}

Offset PartitionTail::end() const {
  const std::lock_guard lock(mutex_);
  return end_;
}

}  // namespace contacts::embedded
