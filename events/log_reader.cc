#include "events/log_reader.h"

#include <utility>

namespace contacts {
namespace {

constexpr size_t kEntriesPerPoll = 1000;

}  // namespace

LogWake::LogWake(LogPartition& log) : log_(log) {
  log_.SetWake([this] {
    {
      const std::lock_guard lock(mutex_);
      awake_ = true;
    }
    raised_.notify_one();
  });
}

LogWake::~LogWake() {
  log_.SetWake([] {});
}

bool LogWake::WaitUntil(Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  if (!raised_.wait_until(lock, deadline, [this] { return awake_; })) return false;
  awake_ = false;
  return true;
}

LogReader::LogReader(std::unique_ptr<LogPartition> log) : log_(std::move(log)), wake_(*log_) {}

void LogReader::Seek(Offset from) {
  log_->Seek(from);
  next_ = from;
}

LogReader::Ended LogReader::ReadUntil(Clock::time_point deadline, const Take& take) {
  return Read(deadline, take, Until::kEnough);
}

LogReader::Ended LogReader::ReadToEnd(Clock::time_point deadline, const Take& take) {
  log_->QueryEnd(++queries_);
  return Read(deadline, take, Until::kEnd);
}

LogReader::Ended LogReader::Read(Clock::time_point deadline, const Take& take, Until until) {
  std::optional<Offset> end;
  for (;;) {
    const Polled polled = log_->Poll(kEntriesPerPoll);
    if (!polled.entries.empty()) next_ = Offset{polled.entries.back().offset.value + 1};
    if (until == Until::kEnd && polled.end_query == queries_) end = polled.end;
    if (polled.fault) fault_ = polled.fault->message;
    if (take(polled)) return Ended::kEnough;
    if (!fault_.empty()) return Ended::kFault;
    if (end && next_ >= *end) return Ended::kAtEnd;
    if (polled.entries.empty() && !wake_.WaitUntil(deadline)) return Ended::kLate;
  }
}

}  // namespace contacts
