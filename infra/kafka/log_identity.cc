#include "infra/kafka/log_identity.h"

#include <memory>
#include <optional>
#include <vector>

#include "events/log_reader.h"
#include "events/opening.h"
#include "events/record.h"
#include "infra/base/random.h"
#include "infra/base/system_clock.h"

namespace contacts::kafka {
namespace {

Error NotOpened(std::string message) { return Error{ErrorCode::kUnavailable, std::move(message)}; }

// Appends opening records to one partition and reads them.
class Probe {
 public:
  Probe(EventLog& log, int partition, LogReader::Clock::time_point until)
      : partition_(partition),
        partitions_(log.partitions()),
        until_(until),
        reader_(log.Open(partition)) {}

  void Append(const std::string& log_id) {
    reader_.Append({{1, std::string(kOpeningKey), NewOpening(log_id, partition_, partitions_)}});
  }

  // Nullopt: the record is stored.
  std::optional<Error> WaitStored() {
    std::optional<DeliveryReport> delivered;
    const auto ended = reader_.ReadUntil(until_, [&](const Polled& polled) {
      if (!polled.reports.empty()) delivered = polled.reports.front();
      return delivered.has_value();
    });
    if (!delivered) return NotRead(ended);
    if (delivered->outcome == Delivery::kStored) return std::nullopt;
    return NotOpened(Where() + " takes no record: " + delivered->reason);
  }

  // The first opening record; nullopt: the partition has no opening record yet. An error if the
  // first one is of another format.
  Result<std::optional<Opening>> FindFirst() {
    std::optional<Opening> found;
    std::optional<Error> other_format;
    reader_.Seek(Offset{0});
    const auto ended = reader_.ReadToEnd(until_, [&](const Polled& polled) {
      for (const LogEntry& entry : polled.entries) {
        const Result<Opening> opening = DecodeOpening(entry.key, entry.value);
        if (!opening && opening.error().code == ErrorCode::kUnavailable) {
          other_format = NotOpened(opening.error().message);
          return true;
        }
        if (!opening || opening->partition != partition_) continue;
        found = *opening;
        return true;
      }
      return false;
    });
    if (other_format) return *other_format;
    if (found || ended == LogReader::Ended::kAtEnd) return found;
    return NotRead(ended);
  }

 private:
  Error NotRead(LogReader::Ended ended) const {
    if (ended == LogReader::Ended::kFault) return NotOpened(reader_.fault());
    return NotOpened(Where() + " did not answer in time");
  }
  std::string Where() const { return "partition " + std::to_string(partition_) + " of the log"; }

  const int partition_;
  const int partitions_;
  const LogReader::Clock::time_point until_;
  LogReader reader_;
};

// The first opening record of partition 0; appends one, and waits until it is stored.
Result<Opening> FirstOpening(EventLog& log, LogReader::Clock::time_point until) {
  Probe first(log, 0, until);
  auto found = first.FindFirst();
  if (!found.ok()) return found.error();
  first.Append(*found ? (*found)->log_id : NewUuid(SystemTime()));
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
  return std::nullopt;
}

}  // namespace

std::string NewOpening(const std::string& log_id, int partition, int partitions) {
  return EncodeOpening(Opening{log_id, partition, partitions, kLogFormat}, NewUuid(SystemTime()),
                       SystemTime());
}

Result<std::string> OpenLog(EventLog& log, std::chrono::milliseconds time) {
  const auto until = LogReader::Clock::now() + time;
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
                       ": the topic is a mixture of two logs. Bring the right one back");
    }
    others.back()->Append(opening->log_id);
  }
  for (const auto& probe : others) {
    if (const auto error = probe->WaitStored()) return *error;
  }
  return opening->log_id;
}

}  // namespace contacts::kafka
