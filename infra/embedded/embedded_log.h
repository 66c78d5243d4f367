// The log in RocksDB on the local disk: one process has all of it.
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
    kReadOnly,   // the log as it was at opening; also while a writer has it
  };
  std::string directory;  // made when there is none
  // A new log gets this number; an existing one must have it. 0: any (a new one gets 1).
  int partitions = 1;
  Access access = Access::kReadWrite;
  size_t tail_bytes = 4 << 20;         // of the newest entries of a partition, kept in memory
  std::function<Timestamp()> clock{};  // makes append times; none: this machine's
  rocksdb::Env* env = nullptr;         // must outlive the log; nullptr: this machine's files
};

// One thread writes for all handles: the entries that they append during a synced write go into the
// next one together (group commit). An entry can be read, and is reported kStored, when its synced
// write has returned. Append times never go backwards.
//
// A fault stays until the process is started again:
// - A failed write or sync: nothing more is written; entries that were pending or are appended
//   later are reported kUnknown.
// - An entry that is missing or is not what was written: the fault names it; that handle reads
//   nothing from there on.
class EmbeddedLog : public EventLog {
 public:
  // Makes the log when there is none and appends an opening record to each partition. Throws
  // std::runtime_error, which says what is wrong and what to do.
  explicit EmbeddedLog(EmbeddedLogOptions options);
  // Writes the entries that were appended before; their reports are lost.
  ~EmbeddedLog() override;

  const std::string& log_id() const;
  // The offset after the last entry that is on disk. Any thread.
  Offset end(int partition) const;

  int partitions() const override;
  // Any number of handles of a partition may be open. A read-only log reports kDenied for each
  // entry that is appended.
  std::unique_ptr<LogPartition> Open(int partition) override;
  size_t max_value_bytes() const override { return 1'000'000; }

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace contacts
