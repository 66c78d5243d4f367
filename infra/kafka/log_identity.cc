#include "infra/kafka/log_identity.h"

#include <sys/random.h>

#include <condition_variable>
#include <mutex>
#include <optional>

#include "events/opening.h"
#include "events/record.h"
#include "infra/base/system_clock.h"

namespace contacts::kafka {
namespace {

using Clock = std::chrono::steady_clock;

std::string NewUuid() {
  uint8_t random[10];
  while (getrandom(random, sizeof random, 0) != sizeof random) {
  }
  return UuidV7(SystemTime(), random);
}

Error NotOpened(std::string message) { return Error{ErrorCode::kUnavailable, std::move(message)}; }

// Appends opening records to one partition and reads them.
class Probe {
 public:
  Probe(EventLog& log, int partition, Clock::time_point until)
      : partition_(partition), partitions_(log.partitions()), until_(until) {
    handle_ = log.Open(partition);
    handle_->SetWake([this] { Wake(); });
  }
  ~Probe() { handle_.reset(); }

  void Append(const std::string& log_id) {
    handle_->Append({{1, std::string(kOpeningKey), NewOpening(log_id, partition_, partitions_)}});
  }

  // Nullopt: stored.
  std::optional<Error> WaitStored() {
    for (;;) {
      for (const DeliveryReport& report : Poll().reports) {
        if (report.outcome == Delivery::kStored) return std::nullopt;
        return NotOpened(Where() + " takes no record: " + report.reason);
      }
      if (fault_) return NotOpened(fault_->message);
      if (!Wait()) return Late();
    }
  }

  // The first opening record; nullopt: there is none up to the end.
  Result<std::optional<Opening>> FindFirst() {
    handle_->Seek(Offset{0});
    handle_->QueryEnd(++query_);
    std::optional<Offset> end;
    Offset next{0};
    for (;;) {
      const Polled polled = Poll();
      if (polled.end_query == query_) end = polled.end;
      for (const LogEntry& entry : polled.entries) {
        const Result<Opening> opening = DecodeOpening(entry.key, entry.value);
        if (opening && opening->partition == partition_) return std::optional(*opening);
        next = Offset{entry.offset.value + 1};
      }
      if (fault_) return NotOpened(fault_->message);
      if (end && next >= *end) return std::optional<Opening>();
      if (polled.entries.empty() && !Wait()) return Late();
    }
  }

 private:
  Polled Poll() {
    Polled polled = handle_->Poll(1000);
    if (polled.fault) fault_ = polled.fault;
    return polled;
  }
  void Wake() {
    {
      const std::lock_guard lock(mutex_);
      awake_ = true;
    }
    wake_.notify_one();
  }
  bool Wait() {
    std::unique_lock lock(mutex_);
    if (!wake_.wait_until(lock, until_, [this] { return awake_; })) return false;
    awake_ = false;
    return true;
  }
  std::string Where() const { return "partition " + std::to_string(partition_) + " of the log"; }
  Error Late() const { return NotOpened(Where() + " did not answer in time"); }

  const int partition_;
  const int partitions_;
  const Clock::time_point until_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool awake_ = false;
  uint64_t query_ = 0;
  std::optional<LogFault> fault_;
  std::unique_ptr<LogPartition> handle_;
};

// The opening record of partition 0, which has been stored.
Result<Opening> FirstOpening(EventLog& log, Clock::time_point until) {
  Probe first(log, 0, until);
  auto found = first.FindFirst();
  if (!found.ok()) return found.error();
  first.Append(*found ? (*found)->log_id : NewUuid());
  if (const auto error = first.WaitStored()) return *error;
  if (!*found) found = first.FindFirst();
  if (!found.ok()) return found.error();
  if (!*found) return NotOpened("the log's opening record cannot be read back");
  return **found;
}

std::optional<Error> FaultOf(const Opening& opening, int partitions) {
  if (opening.partitions != partitions) {
    return NotOpened("the log was made with " + std::to_string(opening.partitions) +
                     " partitions and has " + std::to_string(partitions) +
                     ": partitions must never be added. Move the history to a new topic that has "
                     "as many as it had");
  }
  if (opening.format != kLogFormat) {
    return NotOpened("the log has format " + std::to_string(opening.format) +
                     ", which this release does not know: use a newer one");
  }
  return std::nullopt;
}

}  // namespace

std::string NewOpening(const std::string& log_id, int partition, int partitions) {
  return EncodeOpening(Opening{log_id, partition, partitions, kLogFormat}, NewUuid(), SystemTime());
}

Result<std::string> OpenLog(EventLog& log, std::chrono::milliseconds time) {
  const auto until = Clock::now() + time;
  const Result<Opening> opening = FirstOpening(log, until);
  if (!opening.ok()) return opening.error();
  if (const auto fault = FaultOf(*opening, log.partitions())) return *fault;
  std::vector<std::unique_ptr<Probe>> others;
  for (int p = 1; p < log.partitions(); ++p) {
    others.push_back(std::make_unique<Probe>(log, p, until));
    const auto found = others.back()->FindFirst();
    if (!found.ok()) return found.error();
    if (*found && (*found)->log_id != opening->log_id) {
      return NotOpened("partition " + std::to_string(p) + " belongs to the log " +
                       (*found)->log_id + ", partition 0 to " + opening->log_id +
                       ": the topic was put together from two. Bring the right one back");
    }
    others.back()->Append(opening->log_id);
  }
  for (const auto& probe : others) {
    if (const auto error = probe->WaitStored()) return *error;
  }
  return opening->log_id;
}

}  // namespace contacts::kafka
