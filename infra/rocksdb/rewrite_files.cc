#include "infra/rocksdb/rewrite_files.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/metadata.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <set>
#include <thread>

#include "infra/base/disk_space.h"
#include "infra/base/growing_pause.h"

namespace contacts {
namespace {

using Names = std::set<std::string>;

constexpr const char* kRow = "rewritten";
constexpr uint64_t kSpareRoom = 256 << 20;
// Tables that a compaction under way had taken may be left by the first round.
constexpr int kRounds = 3;

Error Failed(const std::string& directory, const rocksdb::Status& status) {
  return Error{ErrorCode::kUnavailable,
               "the files in " + directory + " cannot be rewritten: " + status.ToString(),
               {},
               60};
}

// False: `stop` became true.
bool WaitUntil(const std::function<bool()>& is_so, const std::atomic<bool>& stop) {
  GrowingPause pause(std::chrono::milliseconds(5), std::chrono::milliseconds(500));
  while (!is_so()) {
    if (stop) return false;
    std::this_thread::sleep_for(pause.Next());
  }
  return !stop;
}

bool EndsWith(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

uint64_t BytesOf(const RewrittenStore& store) {
  uint64_t most = 0;
  for (rocksdb::ColumnFamilyHandle* family : store.rewritten) {
    rocksdb::ColumnFamilyMetaData meta;
    store.db.GetColumnFamilyMetaData(family, &meta);
    most = std::max(most, meta.size);
  }
  return most;
}

Names TablesOf(rocksdb::DB& db, const std::vector<rocksdb::ColumnFamilyHandle*>& families) {
  Names names;
  for (rocksdb::ColumnFamilyHandle* family : families) {
    rocksdb::ColumnFamilyMetaData meta;
    db.GetColumnFamilyMetaData(family, &meta);
    for (const auto& level : meta.levels) {
      for (const auto& file : level.files) names.insert(file.name.substr(file.name.rfind('/') + 1));
    }
  }
  return names;
}

// A process that wrote nothing leaves an empty log, which RocksDB may keep for hours.
bool IsEmpty(const RewrittenStore& store, const std::string& name) {
  uint64_t size = 1;
  (void)store.db.GetEnv()->GetFileSize(store.directory + '/' + name, &size);
  return size == 0;
}

// The files on the disk that can hold rows, but for tables of the families that are left as they
// are. Tables that no family has any more, but a reader holds, count.
Names FilesOf(const RewrittenStore& store) {
  std::vector<rocksdb::ColumnFamilyHandle*> left;
  for (rocksdb::ColumnFamilyHandle* family : store.families) {
    const auto& rewritten = store.rewritten;
    if (std::find(rewritten.begin(), rewritten.end(), family) == rewritten.end()) {
      left.push_back(family);
    }
  }
  std::vector<std::string> on_disk;
  (void)store.db.GetEnv()->GetChildren(store.directory, &on_disk);
  const Names others = TablesOf(store.db, left);
  Names names;
  for (const std::string& name : on_disk) {
    const bool is_table = EndsWith(name, ".sst") && others.count(name) == 0;
    const bool is_log = EndsWith(name, ".log") && !IsEmpty(store, name);
    if (is_table || is_log || name.rfind("MANIFEST-", 0) == 0) names.insert(name);
  }
  return names;
}

bool HaveACommon(const Names& a, const Names& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](const std::string& name) { return b.count(name) > 0; });
}

// A flush of a family without new rows does nothing, and so would leave the write-ahead log and the
// MANIFEST.
rocksdb::Status Roll(const RewrittenStore& store) {
  rocksdb::Status status = store.db.Put(rocksdb::WriteOptions(), store.meta, kRow, "1");
  if (!status.ok()) return status;
  return store.db.Flush(rocksdb::FlushOptions(), store.families);
}

rocksdb::Status Compact(const RewrittenStore& store, std::atomic<bool>& stop) {
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  options.max_subcompactions = 1;
  options.canceled = &stop;
  for (rocksdb::ColumnFamilyHandle* family : store.rewritten) {
    const rocksdb::Status status = store.db.CompactRange(options, family, nullptr, nullptr);
    if (!status.ok()) return status;
  }
  return rocksdb::Status::OK();
}

// Blocks of the old tables would stay in the caches until others need the room.
void DropCachedBlocks(const RewrittenStore& store) {
  for (rocksdb::ColumnFamilyHandle* family : store.rewritten) {
    const auto factory = store.db.GetOptions(family).table_factory;
    const auto* table = factory->GetOptions<rocksdb::BlockBasedTableOptions>();
    if (table != nullptr && table->block_cache) table->block_cache->EraseUnRefEntries();
  }
}

}  // namespace

// RocksDB cannot be asked to begin another MANIFEST. With this it begins one, which describes only
// the tables that are then live, with each flush and merge; both write megabytes, and the MANIFEST
// is some hundred bytes a table.
void SetRewritable(rocksdb::DBOptions* options) {
  options->max_manifest_file_size = 1;
  options->recycle_log_file_num = 0;  // a recycled write-ahead log keeps old rows after its end
}

Result<bool> RewriteFiles(const RewrittenStore& store, std::atomic<bool>& stop) {
  rocksdb::DB& db = store.db;
  const auto space = DiskSpaceAt(store.directory);
  const uint64_t needed = BytesOf(store) + kSpareRoom;
  if (space && space->free < needed) {
    return Error{ErrorCode::kUnavailable,
                 "the files in " + store.directory + " cannot be rewritten: that needs " +
                     std::to_string(needed) + " free bytes, and " + std::to_string(space->free) +
                     " are free",
                 {},
                 60};
  }
  // A merge keeps what a snapshot can see.
  const rocksdb::SequenceNumber now = db.GetLatestSequenceNumber();
  const auto snapshots_ended = [&] {
    uint64_t oldest = 0;
    db.GetIntProperty(rocksdb::DB::Properties::kOldestSnapshotSequence, &oldest);
    return oldest == 0 || oldest >= now;
  };
  if (!WaitUntil(snapshots_ended, stop)) return false;
  const Names old = FilesOf(store);
  for (int round = 0; round < kRounds; ++round) {
    // The second roll: a MANIFEST begins with the tables before the change that it is made for.
    rocksdb::Status status = Roll(store);
    if (status.ok()) status = Compact(store, stop);
    if (stop) return false;
    if (status.ok()) status = Roll(store);
    if (!status.ok()) return Failed(store.directory, status);
    if (HaveACommon(old, TablesOf(db, store.rewritten))) continue;
    DropCachedBlocks(store);
    return WaitUntil([&] { return !HaveACommon(old, FilesOf(store)); }, stop);
  }
  return Failed(store.directory, rocksdb::Status::Busy("tables were left"));
}

}  // namespace contacts
