// The one thread that writes the embedded log.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "infra/embedded/entry_store.h"
#include "infra/embedded/partition_tail.h"

namespace contacts::embedded {

// An entry to write, and the handle that gets its report.
struct AppendRequest {
  int partition = 0;
  Outgoing outgoing;
  std::weak_ptr<UnpolledReports> unpolled;  // empty: no report
};

// Any thread.
class LogWriter {
 public:
  // `tails` has one for each partition. Both must outlive it; from now on only it may write.
  LogWriter(EntryStore& store, std::vector<std::unique_ptr<PartitionTail>>& tails,
            std::function<Timestamp()> clock);
  // Writes the entries that are left.
  ~LogWriter();

  // Writes the entries in this order; those of another call do not come between them.
  void Submit(std::vector<AppendRequest> requests);
  // Calls the slot from the writer's thread, where no lock of a handle's owner is held.
  void Wake(std::shared_ptr<WakeSlot> slot);
  // Why nothing is written any more; nullopt: writing works.
  std::optional<LogFault> fault() const;

 private:
  void Run();
  void WriteBatch(std::vector<AppendRequest> batch);
  void Publish(std::vector<Placed> placed, std::vector<AppendRequest> batch);
  void Fail(std::vector<AppendRequest> batch, const std::string& why);
  void ReportUnknown(std::vector<AppendRequest> batch, const std::string& why);

  EntryStore& store_;
  std::vector<std::unique_ptr<PartitionTail>>& tails_;
  const std::function<Timestamp()> clock_;

  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::vector<AppendRequest> queue_;
  std::vector<std::shared_ptr<WakeSlot>> wakes_;
  std::optional<LogFault> fault_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace contacts::embedded
