// The embedded log's entries on disk. It knows nothing of who appends and who reads.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/event_log.h"
#include "infra/embedded/acknowledged.h"
#include "infra/embedded/entry_codec.h"
#include "infra/rocksdb/store_guard.h"

namespace rocksdb {
class DB;
class Env;
}  // namespace rocksdb

namespace contacts::embedded {

struct EntryStoreOptions {
  std::string directory;
  std::string new_log_id;  // of a new log, as
  int partitions = 1;      // this; one that exists must have as many. 0: as many as it has
  bool read_only = false;
  rocksdb::Env* env = nullptr;  // nullptr: this machine's files
};

// An entry on its way to disk; Write gives it its offset and append time.
struct Placed {
  int partition = 0;
  LogEntry entry;
};

// Read: any thread. Write: one.
class EntryStore {
 public:
  // Throws std::runtime_error, which says what is wrong with the directory and what to do.
  explicit EntryStore(const EntryStoreOptions& options);
  ~EntryStore();

  const LogIdentity& identity() const { return identity_; }
  // The offset after the last entry. Only on the thread that writes.
  Offset end(int partition) const { return ends_[static_cast<size_t>(partition)]; }

  // Gives them their offsets and append times (`now`, but never going backwards) and writes all of
  // them or none, on disk when it returns; the first write also founds a new log. Nullopt: done.
  // Else what is wrong and what to do: they may be there or not, and nothing is written ever after.
  std::optional<std::string> Write(Timestamp now, std::vector<Placed>* entries);

  // Adds entries [from, to) to `out`: at most `max_entries`, and no more after `max_bytes` are
  // reached. The entry that is missing or damaged is named in the fault; those before it are added.
  std::optional<LogFault> Read(int partition, Offset from, Offset to, size_t max_entries,
                               size_t max_bytes, std::vector<LogEntry>* out) const;

 private:
  void FindIdentity(const EntryStoreOptions& options);
  void FindEnd(int partition, Offset acknowledged);
  std::optional<std::string> GetRow(const std::string& key) const;
  std::string WhyNotWritten() const;

  const std::string directory_;
  const StoreGuard guard_;
  Acknowledged acknowledged_;
  std::unique_ptr<rocksdb::DB> db_;
  LogIdentity identity_;
  bool founded_ = true;
  std::vector<Offset> ends_;
  Timestamp newest_;
};

}  // namespace contacts::embedded
