#include "infra/embedded/embedded_log.h"

#include <chrono>
#include <stdexcept>

#include "events/opening.h"
#include "events/record.h"
#include "infra/base/random.h"
#include "infra/base/system_clock.h"
#include "infra/embedded/log_handle.h"

namespace contacts {

class EmbeddedLog::State {
 public:
  explicit State(EmbeddedLogOptions options)
      : read_only_(options.access == EmbeddedLogOptions::Access::kReadOnly),
        clock_(options.clock ? std::move(options.clock) : SystemTime),
        store_({std::move(options.directory), NewUuid(clock_()), options.partitions, read_only_,
                options.env}) {
    if (!read_only_) AppendOpenings();
    for (int i = 0; i < partitions(); ++i) {
      tails_.push_back(
          std::make_unique<embedded::PartitionTail>(store_.end(i), options.tail_bytes));
    }
    writer_ = std::make_unique<embedded::LogWriter>(store_, tails_, clock_);
  }

  const std::string& log_id() const { return store_.identity().log_id; }
  int partitions() const { return static_cast<int>(store_.identity().partitions); }
  Offset end(int partition) const { return tails_.at(static_cast<size_t>(partition))->end(); }

  std::unique_ptr<LogPartition> Open(int partition, size_t max_value_bytes) {
    return std::make_unique<embedded::LogHandle>(
        partition, read_only_ ? std::nullopt : std::optional(max_value_bytes), store_,
        *tails_.at(static_cast<size_t>(partition)), *writer_);
  }

 private:
  // One batch, so that a log is made in all of its partitions or in none.
  void AppendOpenings() {
    const Timestamp time = clock_();
    std::vector<embedded::Placed> openings;
    for (int partition = 0; partition < partitions(); ++partition) {
      const Opening opening{log_id(), partition, partitions(), kLogFormat,
                            WrittenEpoch(store_.epoch())};
      LogEntry entry;
      entry.key = kOpeningKey;
      entry.value = EncodeOpening(opening, NewUuid(time), time);
      openings.push_back({partition, std::move(entry)});
    }
    if (const auto why = store_.Write(time, &openings)) throw std::runtime_error(*why);
  }

  const bool read_only_;
  const std::function<Timestamp()> clock_;
  embedded::EntryStore store_;
  std::vector<std::unique_ptr<embedded::PartitionTail>> tails_;
  std::unique_ptr<embedded::LogWriter> writer_;  // last: it uses all of the above
};

EmbeddedLog::EmbeddedLog(EmbeddedLogOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}

EmbeddedLog::~EmbeddedLog() = default;

const std::string& EmbeddedLog::log_id() const { return state_->log_id(); }
Offset EmbeddedLog::end(int partition) const { return state_->end(partition); }
int EmbeddedLog::partitions() const { return state_->partitions(); }

std::unique_ptr<LogPartition> EmbeddedLog::Open(int partition) {
  return state_->Open(partition, max_value_bytes());
}

}  // namespace contacts
