#include "infra/rocksdb_views/view_families.h"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <filesystem>

#include "infra/rocksdb/archive_compression.h"
#include "infra/rocksdb/rewrite_files.h"
#include "projections/store/keys.h"

namespace contacts {
namespace {

std::string FormatKey(const ViewInfo& view) { return std::string("format ") + view.name; }

std::string MadeAnew(const std::string& directory) {
  return "Remove " + directory +
         " and start again: the read models are then made anew from the log.";
}

rocksdb::DBOptions StoreOptions(rocksdb::Env* env, const StoreGuard& guard) {
  rocksdb::DBOptions options;
  guard.SetOptions(&options);
  SetRewritable(&options);
  options.env = env != nullptr ? env : rocksdb::Env::Default();
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  // Without a limit, a view that is seldom written would keep old write-ahead logs alive.
  options.max_total_wal_size = 128 << 20;
  options.db_write_buffer_size = 128 << 20;
  return options;
}

// The tenant of a key, which ends at its first zero. RocksDB remembers a place for each.
class TenantOfKey : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "contacts.TenantOfKey"; }
  bool InDomain(const rocksdb::Slice& key) const override {
    return key.ToStringView().find('\0') != std::string_view::npos;
  }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    return {key.data(), key.ToStringView().find('\0')};
  }
};

// Options for new rows in memory: they find the place of the next row, or whether a key exists,
// without a search among all rows.
void SetMemory(ViewInfo::Use use, rocksdb::ColumnFamilyOptions* options) {
  switch (use) {
    case ViewInfo::Use::kAppended:
    case ViewInfo::Use::kArchive:
      options->memtable_insert_with_hint_prefix_extractor = std::make_shared<TenantOfKey>();
      break;
    case ViewInfo::Use::kUpdated:
      options->memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewNoopTransform());
      break;
    case ViewInfo::Use::kProbed:
      // A filter of about 20 bits for each row.
      options->memtable_whole_key_filtering = true;
      options->memtable_prefix_bloom_size_ratio = 0.02;
      break;
    case ViewInfo::Use::kAny:
      break;
  }
}

rocksdb::ColumnFamilyOptions FamilyOptions(ViewInfo::Use use,
                                           std::shared_ptr<rocksdb::Cache> cache) {
  rocksdb::ColumnFamilyOptions options;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = std::move(cache);
  options.compression = rocksdb::kLZ4Compression;
  if (use == ViewInfo::Use::kArchive) {
    SetArchiveCompression(&options);
    table.block_size = 64 * 1024;
  } else {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  }
  // Each merge writes all rows again; for each file not merged yet, a read must look at its filter
  // or index.
  options.level0_file_num_compaction_trigger = 8;
  SetMemory(use, &options);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> Descriptors(size_t cache_bytes) {
  const auto cache = rocksdb::NewLRUCache(cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  descriptors.emplace_back(rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions());
  for (int view = 0; view < kViews; ++view) {
    const ViewInfo& info = InfoOf(View{view});
    descriptors.emplace_back(info.name, FamilyOptions(info.use, cache));
  }
  return descriptors;
}

void MakeDirectories(rocksdb::Env* env, const std::string& directory) {
  std::filesystem::path made;
  for (const auto& part : std::filesystem::path(directory)) {
    made /= part;
    const rocksdb::Status status = env->CreateDirIfMissing(made.string());
    if (!status.ok()) {
      throw StoreFailure("the directory " + made.string() +
                         " of the read models cannot be made: " + status.ToString());
    }
  }
}

// RocksDB's own error says only that not all families were opened.
void RefuseUnknownFamilies(const rocksdb::DBOptions& options, const std::string& directory,
                           const std::vector<rocksdb::ColumnFamilyDescriptor>& known) {
  std::vector<std::string> names;
  if (!rocksdb::DB::ListColumnFamilies(options, directory, &names).ok()) return;  // a new one
  for (const std::string& name : names) {
    if (std::none_of(known.begin(), known.end(), [&](const auto& d) { return d.name == name; })) {
      throw StoreFailure("the read models in " + directory + " have a view \"" + name +
                         "\" that this build does not know. " + MadeAnew(directory));
    }
  }
}

bool HasRows(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family) {
  const std::unique_ptr<rocksdb::Iterator> rows(db.NewIterator(rocksdb::ReadOptions(), family));
  rows->SeekToFirst();
  return rows->Valid() || !rows->status().ok();
}

void WriteFormats(const std::string& directory, const OpenFamilies& families) {
  rocksdb::WriteBatch batch;
  for (int v = 0; v < kViews; ++v) {
    const ViewInfo& view = InfoOf(View{v});
    batch.Put(families.meta, FormatKey(view), keys::Number(view.format));
  }
  const rocksdb::Status status = families.db->Write(rocksdb::WriteOptions(), &batch);
  if (!status.ok()) {
    throw StoreFailure("the read models in " + directory +
                       " cannot be written: " + status.ToString());
  }
}

// Earlier builds, in which views had no formats of their own, wrote one number for all views.
void RefuseOneFormatForAll(const std::string& directory, const OpenFamilies& families) {
  std::string format;
  if (families.db->Get(rocksdb::ReadOptions(), families.meta, "format", &format).ok()) {
    throw StoreFailure("the read models in " + directory + " are of an earlier build. " +
                       MadeAnew(directory));
  }
}

// A view without a format did not exist in the build that wrote the directory.
void CheckFormats(const std::string& directory, const OpenFamilies& families) {
  RefuseOneFormatForAll(directory, families);
  for (int v = 0; v < kViews; ++v) {
    const ViewInfo& view = InfoOf(View{v});
    std::string format;
    const rocksdb::Status status =
        families.db->Get(rocksdb::ReadOptions(), families.meta, FormatKey(view), &format);
    if (!status.ok() && !status.IsNotFound()) {
      throw StoreFailure("the read models in " + directory +
                         " cannot be read: " + status.ToString());
    }
    if (status.ok() && keys::NumberFrom(format) == view.format) continue;
    throw StoreFailure(
        "the view \"" + std::string(view.name) + "\" in " + directory + " has " +
        (status.ok() ? "the format " + std::to_string(keys::NumberFrom(format)) : "no format") +
        ", this build knows the format " + std::to_string(view.format) + ". " +
        MadeAnew(directory));
  }
}

void FindFormats(const RocksDbViewStoreOptions& options, const OpenFamilies& families) {
  const auto checkpoints = families.views[static_cast<size_t>(View::kCheckpoints)];
  if (HasRows(*families.db, checkpoints)) return CheckFormats(options.directory, families);
  if (options.access == RocksDbViewStoreOptions::Access::kReadOnly) {
    throw StoreFailure("there are no read models in " + options.directory);
  }
  WriteFormats(options.directory, families);
}

rocksdb::Status Open(const RocksDbViewStoreOptions& options, const StoreGuard& guard,
                     std::vector<rocksdb::ColumnFamilyHandle*>* handles, rocksdb::DB** db) {
  const rocksdb::DBOptions tuned = StoreOptions(options.env, guard);
  const auto descriptors = Descriptors(options.cache_bytes);
  if (options.access == RocksDbViewStoreOptions::Access::kReadWrite) {
    MakeDirectories(tuned.env, options.directory);
  } else if (!tuned.env->FileExists(options.directory + "/CURRENT").ok()) {
    throw StoreFailure("there are no read models in " + options.directory);
  }
  RefuseUnknownFamilies(tuned, options.directory, descriptors);
  return options.access == RocksDbViewStoreOptions::Access::kReadWrite
             ? rocksdb::DB::Open(tuned, options.directory, descriptors, handles, db)
             : rocksdb::DB::OpenForReadOnly(tuned, options.directory, descriptors, handles, db);
}

std::string WhatToDo(const rocksdb::Status& status, const std::string& directory) {
  if (status.IsCorruption()) return MadeAnew(directory);
  return status.IsNoSpace() ? "Then start again." : "Is another process using them?";
}

}  // namespace

OpenFamilies OpenViewFamilies(const RocksDbViewStoreOptions& options, const StoreGuard& guard) {
  const std::string& directory = options.directory;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = Open(options, guard, &handles, &db);
  if (!status.ok()) {
    throw StoreFailure("the read models in " + directory + " cannot be opened: " +
                       guard.Cause(status) + ". " + WhatToDo(status, directory));
  }
  OpenFamilies families{
      std::unique_ptr<rocksdb::DB>(db), handles[0], {handles.begin() + 1, handles.end()}};
  try {
    FindFormats(options, families);
  } catch (const StoreFailure&) {
    CloseViewFamilies(&families);
    throw;
  }
  return families;
}

void CloseViewFamilies(OpenFamilies* families) {
  families->db->DestroyColumnFamilyHandle(families->meta);
  for (rocksdb::ColumnFamilyHandle* view : families->views) {
    families->db->DestroyColumnFamilyHandle(view);
  }
  families->db.reset();
}

}  // namespace contacts
