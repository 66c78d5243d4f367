// Reads one partition on a thread that may wait: polls the log and sleeps until the log has
// something new. A thread that also waits for other things polls the port directly.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "events/event_log.h"

namespace contacts {

// Receives the wakes of one handle, for one thread that waits for them.
class LogWake {
 public:
  using Clock = std::chrono::steady_clock;

  // The handle must outlive this object. Until then no other receiver gets the handle's wakes.
  explicit LogWake(LogPartition& log);
  ~LogWake();
  LogWake(const LogWake&) = delete;
  LogWake& operator=(const LogWake&) = delete;

  // Blocks until Poll may have something new since the last wait. False: the deadline has passed.
  // A wake that came before the call counts.
  bool WaitUntil(Clock::time_point deadline);

 private:
  LogPartition& log_;
  std::mutex mutex_;
  std::condition_variable raised_;
  bool awake_ = false;
};

// One thread at a time.
class LogReader {
 public:
  using Clock = LogWake::Clock;
  // Receives the result of one poll; true: it wants nothing more.
  using Take = std::function<bool(const Polled&)>;
  enum class Ended {
    kEnough,  // `take` returned true
    kAtEnd,   // every entry up to the end has been taken
    kFault,   // fault() says why; nothing more will come
    kLate,    // the log had nothing new until the deadline
  };

  explicit LogReader(std::unique_ptr<LogPartition> log);

  // The next read begins at `from`. Call it before the first read, and to start over.
  void Seek(Offset from);
  void Append(std::vector<Outgoing> entries) { log_->Append(std::move(entries)); }

  // Polls until `take` returns true. The deadline ends waiting, not reading: entries are taken as
  // long as they come. Entries that `take` left unused are not handed out again.
  Ended ReadUntil(Clock::time_point deadline, const Take& take);
  // Like ReadUntil, but also stops at the log's end, as the log reports it after this call.
  Ended ReadToEnd(Clock::time_point deadline, const Take& take);

  // Empty: the log has no fault.
  const std::string& fault() const { return fault_; }

 private:
  enum class Until { kEnough, kEnd };
  Ended Read(Clock::time_point deadline, const Take& take, Until until);

  std::unique_ptr<LogPartition> log_;
  LogWake wake_;
  Offset next_{0};  // after the newest entry that was taken
  uint64_t queries_ = 0;
  std::string fault_;
};

}  // namespace contacts
