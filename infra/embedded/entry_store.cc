#include "infra/embedded/entry_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <stdexcept>

#include "events/rows/row_archive.h"
#include "infra/rocksdb/archive_compression.h"

namespace contacts::embedded {
namespace {

rocksdb::Env* EnvOf(const EntryStoreOptions& options) {
  return options.env != nullptr ? options.env : rocksdb::Env::Default();
}

rocksdb::Options LogOptions(const EntryStoreOptions& options, const StoreGuard& guard) {
  rocksdb::Options tuned;
  guard.SetOptions(&tuned);
  tuned.env = EnvOf(options);
  tuned.create_if_missing = true;
  // Synced entries must come back, whatever the end of the newest file looks like; damage before
  // that end must be an error (the default mode would silently drop everything after it).
  tuned.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  tuned.recycle_log_file_num = 0;
  SetArchiveCompression(&tuned);
  rocksdb::BlockBasedTableOptions table;
  table.block_size = 32 * 1024;  // entries are read one after the other
  table.block_cache = rocksdb::NewLRUCache(8 << 20);
  tuned.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return tuned;
}

void MakeDirectories(rocksdb::Env* env, const std::string& directory) {
  std::filesystem::path made;
  for (const auto& part : std::filesystem::path(directory)) {
    made /= part;
    const rocksdb::Status status = env->CreateDirIfMissing(made.string());
    if (!status.ok()) {
      throw std::runtime_error("the log's directory " + made.string() +
                               " cannot be made: " + status.ToString());
    }
  }
}

[[noreturn]] void Damaged(const std::string& directory, const std::string& what) {
  throw std::runtime_error("the log in " + directory + " is damaged: " + what +
                           ". Restore the directory from a backup; do not go on with it.");
}

std::string OtherFormat(const std::string& directory, int64_t format) {
  const std::string found = "the log in " + directory + " has format " + std::to_string(format);
  const std::string known = std::to_string(kDirectoryFormat);
  if (format > kDirectoryFormat) {
    return found + ", this build knows " + known + "; use the build that wrote it";
  }
  return found + ", whose records hold personal data in plain text; this build reads format " +
         known + " only, and there is no upgrade. Start with a new log: another --data directory";
}

LogFault DamagedEntry(const std::string& directory, int partition, Offset offset,
                      const std::string& what) {
  return LogFault{"the log in " + directory + " is damaged: partition " +
                  std::to_string(partition) + ", offset " + std::to_string(offset.value) + " " +
                  what +
                  ". Nothing from there on is read. Stop, and restore the directory from a "
                  "backup."};
}

}  // namespace

EntryStore::EntryStore(const EntryStoreOptions& options)
    : directory_(options.directory),
      guard_("log", options.directory),
      acknowledged_(EnvOf(options), options.directory) {
  const rocksdb::Options tuned = LogOptions(options, guard_);
  if (!options.read_only) {
    MakeDirectories(tuned.env, directory_);
  } else if (!acknowledged_.any() && !tuned.env->FileExists(directory_ + "/CURRENT").ok()) {
    throw std::runtime_error("there is no log in " + directory_);
  }
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = options.read_only
                                     ? rocksdb::DB::OpenForReadOnly(tuned, directory_, &db)
                                     : rocksdb::DB::Open(tuned, directory_, &db);
  if (status.IsCorruption()) Damaged(directory_, status.ToString());
  if (status.IsNoSpace()) {
    throw std::runtime_error("the log cannot be opened: " + guard_.Cause(status));
  }
  if (!status.ok()) {
    throw std::runtime_error("the log in " + directory_ +
                             " cannot be opened: " + status.ToString() +
                             " (is another process using it, or are its rights wrong?)");
  }
  db_.reset(db);
  FindIdentity(options);
  FindEpoch();
  const auto count = static_cast<size_t>(identity_.partitions);
  const std::vector<Offset> acknowledged = acknowledged_.Found(identity_.log_id, count);
  for (size_t i = 0; i < count; ++i) FindEnd(static_cast<int>(i), acknowledged[i]);
}

EntryStore::~EntryStore() = default;

// Changes nothing: a log of the first epoch has no row.
void EntryStore::FindEpoch() {
  const auto row = GetRow(std::string(kEpochKey));
  if (!row) return;
  const auto epoch = DecodeEpoch(*row);
  if (!epoch) Damaged(directory_, "its epoch does not read");
  epoch_ = *epoch;
}

std::optional<std::string> EntryStore::GetRow(const std::string& key) const {
  std::string row;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), key, &row);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) Damaged(directory_, status.ToString());
  return row;
}

void EntryStore::FindIdentity(const EntryStoreOptions& options) {
  const auto row = GetRow(std::string(kIdentityKey));
  if (!row) {
    const std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(rocksdb::ReadOptions()));
    rows->SeekToFirst();
    if (rows->Valid() || !rows->status().ok() || acknowledged_.any()) {
      Damaged(directory_, "its identity is missing");
    }
    if (options.read_only) throw std::runtime_error("there is no log in " + directory_);
    founded_ = false;
    identity_.log_id = options.new_log_id;
    identity_.partitions = options.partitions > 0 ? options.partitions : 1;
    return;
  }
  if (!FromRow(*row, &identity_)) Damaged(directory_, "its identity does not read");
  if (identity_.format != kDirectoryFormat) {
    throw std::runtime_error(OtherFormat(directory_, identity_.format));
  }
  if (options.partitions != 0 && options.partitions != identity_.partitions) {
    throw std::runtime_error("the log in " + directory_ + " has " +
                             std::to_string(identity_.partitions) + " partitions, not " +
                             std::to_string(options.partitions) + "; the number can never change");
  }
}

void EntryStore::FindEnd(int partition, Offset acknowledged) {
  ends_.push_back(Offset{0});
  if (!founded_) return;
  const auto row = GetRow(EndKey(partition));
  const auto end = DecodeEnd(row.value_or(""));
  const std::string where = "partition " + std::to_string(partition);
  if (!end || end->value < 1) Damaged(directory_, where + " has no end");
  if (GetRow(EntryKey(partition, *end))) Damaged(directory_, where + " goes on after its end");
  if (*end < acknowledged) {
    Damaged(directory_, where + " ends at offset " + std::to_string(end->value) +
                            ", but entries up to offset " + std::to_string(acknowledged.value - 1) +
                            " had been acknowledged");
  }
  std::vector<LogEntry> last;
  const auto fault = Read(partition, Offset{end->value - 1}, *end, 1, 1, &last);
  if (fault) throw std::runtime_error(fault->message);
  ends_.back() = *end;
  newest_ = std::max(newest_, last.front().appended);
}

// RocksDB may also find damage while it writes, when it merges its tables.
std::string EntryStore::WhyNotWritten() const {
  if (guard_.Damaged()) {
    return "the log in " + directory_ + " is damaged: " + guard_.Failure() +
           ". Nothing more is written. Stop, and restore the directory from a backup.";
  }
  return "the log could not be written to disk: " + guard_.Failure() +
         ". Nothing more is written. Mend the disk, then restart the process.";
}

std::optional<std::string> EntryStore::Write(Timestamp now, std::vector<Placed>* entries) {
  const Timestamp appended = std::max(newest_, now);
  rocksdb::WriteBatch batch;
  std::vector<Offset> ends = ends_;
  for (Placed& placed : *entries) {
    Offset& end = ends[static_cast<size_t>(placed.partition)];
    placed.entry.offset = end;
    placed.entry.appended = appended;
    batch.Put(EntryKey(placed.partition, end),
              EncodeEntry(identity_.log_id, placed.partition, placed.entry));
    end = Offset{end.value + 1};
  }
  for (size_t i = 0; i < ends.size(); ++i) {
    if (ends[i] != ends_[i]) batch.Put(EndKey(static_cast<int>(i)), EncodeEnd(ends[i]));
  }
  if (!founded_) batch.Put(kIdentityKey, ToRow(identity_));
  rocksdb::WriteOptions durable;
  durable.sync = true;
  if (!guard_.Failure().empty()) return WhyNotWritten();
  const rocksdb::Status status = db_->Write(durable, &batch);
  if (!status.ok()) {
    guard_.Note(status);
    return WhyNotWritten();
  }
  founded_ = true;
  ends_ = std::move(ends);
  acknowledged_.Write(identity_.log_id, ends_);
  newest_ = appended;
  return std::nullopt;
}

std::optional<std::string> EntryStore::BeginEpoch(int64_t epoch) {
  if (epoch == epoch_) return std::nullopt;
  rocksdb::WriteOptions durable;
  durable.sync = true;
  const rocksdb::Status status = db_->Put(durable, std::string(kEpochKey), EncodeEpoch(epoch));
  if (!status.ok()) {
    guard_.Note(status);
    return WhyNotWritten();
  }
  epoch_ = epoch;
  return std::nullopt;
}

std::optional<LogFault> EntryStore::Read(int partition, Offset from, Offset to, size_t max_entries,
                                         size_t max_bytes, std::vector<LogEntry>* out) const {
  const std::string bound = EntryKey(partition, to);
  const rocksdb::Slice upper(bound);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(options));
  size_t bytes = 0;
  Offset next = from;
  for (rows->Seek(EntryKey(partition, from)); next < to && max_entries > 0 && bytes < max_bytes;
       rows->Next(), --max_entries) {
    if (!rows->Valid()) {
      return DamagedEntry(
          directory_, partition, next,
          rows->status().ok() ? "is missing" : "does not read: " + rows->status().ToString());
    }
    if (OffsetOfKey(partition, rows->key().ToStringView()) != next) {
      return DamagedEntry(directory_, partition, next, "is missing");
    }
    auto entry = DecodeEntry(identity_.log_id, partition, next, rows->value().ToStringView());
    if (!entry) {
      return DamagedEntry(directory_, partition, next, "is not what was written there");
    }
    bytes += entry->key.size() + entry->value.size();
    out->push_back(std::move(*entry));
    next = Offset{next.value + 1};
  }
  return std::nullopt;
}

}  // namespace contacts::embedded
