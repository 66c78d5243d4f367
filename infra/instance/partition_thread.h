// The thread that drives a PartitionLoop, and the queue through which it gets commands.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "infra/base/heartbeat.h"
#include "infra/instance/follower.h"
#include "infra/instance/instance.h"
#include "infra/instance/partition_loop.h"

namespace contacts {

struct PartitionStatus {
  bool caught_up = false;
  int64_t entries_left = 0;
  std::string fault;    // why the partition stands still for good; empty: it does not
  std::string trouble;  // why records cannot be written now; empty: they can
  int64_t superseded = 0;
  int64_t foreign = 0;
  int64_t unanswered = 0;  // commands
  TenantList parked;
  TenantList closed;
};

// Any thread.
class PartitionThread {
 public:
  PartitionThread(EventLog& log, ViewStore& views, seal::Keyring& keyring, int partition,
                  WriterOptions options, World world, Follower::Applied applied,
                  PartitionLoop::Erased erased);
  ~PartitionThread();

  void Submit(SubmittedCommand submission);
  // As PartitionLoop::AskEnd; `applied` is called on this partition's thread.
  void AskEnd(std::function<void()> applied);
  PartitionStatus status() const;
  bool caught_up() const { return caught_up_.load(std::memory_order_acquire); }
  // True: caught up; false: the time is over, or a fault stopped the partition.
  bool WaitCaughtUp(Instant until);

  // Later submissions are refused.
  void RefuseMore();
  // Waits until all commands are answered or the time is over, then ends the thread. True: all
  // were answered.
  bool Stop(Instant until);

 private:
  void Run();
  bool RunRound(Heartbeat& heart);
  void Wake();
  std::optional<Instant> NextLook() const;
  void Publish(size_t unanswered);
  void TellStandings();

  const int partition_;
  const std::unique_ptr<LogPartition> log_;
  Projector projector_;
  const ViewLookup lookup_;
  Writer writer_;
  PartitionLoop loop_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;     // for the thread: there is something to do
  std::condition_variable changed_;  // for callers that wait for the published status
  bool awake_ = true;
  bool refusing_ = false;
  bool ending_ = false;
  std::vector<SubmittedCommand> submitted_;
  size_t submitted_bytes_ = 0;
  std::vector<std::function<void()>> ends_asked_;
  PartitionStatus status_;
  size_t unanswered_ = 0;
  std::atomic<bool> caught_up_{false};  // as in status_, without the lock, for each request
  std::thread thread_;
};

}  // namespace contacts
