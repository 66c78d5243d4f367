// The embedded log's entries on disk. It does not know the handles that append and read.
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
  std::string new_log_id;  // for a log that is made
  int partitions = 1;      // as EmbeddedLogOptions::partitions
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
  int64_t epoch() const { return epoch_; }
  Timestamp newest() const { return newest_; }  // append time of the newest entry
  // The offset after the last entry. Call it on the writing thread only.
  Offset end(int partition) const { return ends_[static_cast<size_t>(partition)]; }

  // Gives the entries offsets and append times (`now`, but never going backwards) and writes all of
  // them or none, on disk when it returns; the first write also makes a new log. Nullopt: done.
  // Otherwise what is wrong and what to do: the entries may be on disk or not, and from then on
  // nothing is written.
  std::optional<std::string> Write(Timestamp now, std::vector<Placed>* entries);

  // The log's next opening records are of this epoch, as those of earlier epochs are not changed.
  // Returns as Write.
  std::optional<std::string> BeginEpoch(int64_t epoch);

  // Adds entries [from, to) to `out`: at most `max_entries`, and no more once `max_bytes` are
  // reached. The fault names an entry that is missing or damaged; those before it are added.
  std::optional<LogFault> Read(int partition, Offset from, Offset to, size_t max_entries,
                               size_t max_bytes, std::vector<LogEntry>* out) const;

 private:
  void FindIdentity(const EntryStoreOptions& options);
  void FindEpoch();
  void FindEnd(int partition, Offset acknowledged);
  std::optional<std::string> GetRow(const std::string& key) const;
  std::string WhyNotWritten() const;

  const std::string directory_;
  const StoreGuard guard_;
  Acknowledged acknowledged_;
  std::unique_ptr<rocksdb::DB> db_;
  LogIdentity identity_;
  int64_t epoch_ = 1;
  bool founded_ = true;
  std::vector<Offset> ends_;
  Timestamp newest_;
};

}  // namespace contacts::embedded
