// One handle of a partition of the embedded log.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "infra/embedded/entry_store.h"
#include "infra/embedded/log_writer.h"
#include "infra/embedded/partition_tail.h"

namespace contacts::embedded {

class LogHandle : public LogPartition {
 public:
  // All must outlive it. `max_value_bytes` nullopt: nothing may be appended.
  LogHandle(int partition, std::optional<size_t> max_value_bytes, const EntryStore& store,
            PartitionTail& tail, LogWriter& writer);
  ~LogHandle() override;

  void SetWake(std::function<void()> wake) override;
  void Seek(Offset from) override { next_ = from; }
  void Append(std::vector<Outgoing> entries) override;
  void QueryEnd(uint64_t query) override;
  Polled Poll(size_t max_entries) override;

 private:
  void Refuse(const Outgoing& outgoing, Delivery outcome, std::string reason);
  void ReadEntries(PartitionTail::Taken taken, size_t max_entries, Polled* polled);

  const int partition_;
  const std::optional<size_t> max_value_bytes_;
  const EntryStore& store_;
  PartitionTail& tail_;
  LogWriter& writer_;
  const std::shared_ptr<UnpolledReports> unpolled_;
  Offset next_{0};
  std::vector<DeliveryReport> refused_;
  std::optional<uint64_t> query_;
  std::optional<LogFault> damage_;
};

}  // namespace contacts::embedded
