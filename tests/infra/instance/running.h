// An instance with its real parts on the disk, and callers who wait.
#pragma once

#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "infra/embedded/embedded_log.h"
#include "infra/instance/instance.h"
#include "projections/position_waits.h"
#include "projections/store/replaceable_view_store.h"

namespace contacts::testing {

inline constexpr std::chrono::seconds kLong{60};  // only a broken test waits so long

// A log that can be made to keep still, around one that does its work.
class HeldLog : public EventLog {
 public:
  explicit HeldLog(EventLog& log) : log_(log) {}
  int partitions() const override { return log_.partitions(); }
  std::unique_ptr<LogPartition> Open(int partition) override;
  size_t max_value_bytes() const override { return log_.max_value_bytes(); }

  // While it is held, nothing is polled and nothing that is appended goes on. Any thread.
  void Hold();
  void Release();
  // Until something was appended while it is held.
  void WaitForAppend();

 private:
  class Partition;
  EventLog& log_;
  std::mutex mutex_;
  std::condition_variable appended_;
  bool held_ = false;
  bool has_append_ = false;
  std::vector<std::function<void()>> wakes_;
};

struct Parts {
  std::string log_directory;
  std::string views_directory;
  int partitions = 1;
};

class Running {
 public:
  // Starts at once, on a log that is `held` at first if so wanted.
  enum class Start { kAtOnce, kHeld };
  explicit Running(const Parts& parts, Start start = Start::kAtOnce);

  // Submits, and waits for the one answer.
  Answer Do(Command command);
  std::future<Answer> Submit(Command command);
  // Covers all rows but the checkpoints.
  std::string DigestOfViews() const;

  EmbeddedLog embedded;
  HeldLog log;
  ReplaceableViewStore views;
  PositionWaits positions;
  Instance instance;
};

Command Create(const std::string& email, const std::string& tenant = "acme");

}  // namespace contacts::testing
