// The log in RocksDB on the local disk: all of one process, nothing else to install.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "events/event_log.h"

namespace rocksdb {
class Env;
}

namespace contacts {

struct EmbeddedLogOptions {
  enum class Access {
    kReadWrite,  // by one process at a time
    kReadOnly,   // as the log was at opening; beside a writer too
  };
  std::string directory;  // made when there is none
  int partitions = 1;     // of a new log; one that exists must have as many. 0: as many as it has
  Access access = Access::kReadWrite;
  size_t tail_bytes = 4 << 20;         // newest entries of a partition that are kept in memory
  std::function<Timestamp()> clock{};  // of append times; none: this machine's
  rocksdb::Env* env = nullptr;         // must outlive the log; nullptr: this machine's files
};

// One thread writes for all handles: whatever they appended while it was on its way to the disk
// goes there together next (group commit). An entry can be read, and is reported kStored, when that
// synced write has returned. Append times never go backwards.
//
// A fault stays until the process is started again:
// - A failed write or sync: nothing more is written; what was pending, and whatever is appended
//   later, is reported kUnknown.
// - An entry that is missing or is not what was written: it is named; that handle reads nothing
//   from there on.
class EmbeddedLog : public EventLog {
 public:
  // Makes the log when there is none and appends an opening record to each partition. Throws
  // std::runtime_error, which says what is wrong and what to do.
  explicit EmbeddedLog(EmbeddedLogOptions options);
  // What was appended before is written and reported no more.
  ~EmbeddedLog() override;

  const std::string& log_id() const;
  // The offset after the last entry that is on disk. Any thread.
  Offset end(int partition) const;

  int partitions() const override;
  // As many handles of a partition as one likes. A read-only log reports kDenied for each Append.
  std::unique_ptr<LogPartition> Open(int partition) override;
  size_t max_value_bytes() const override { return 1'000'000; }

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace contacts
