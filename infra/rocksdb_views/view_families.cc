#include "infra/rocksdb_views/view_families.h"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <filesystem>

#include "projections/store/keys.h"

namespace contacts {
namespace {

constexpr const char* kFormatKey = "format";

std::string MadeAnew(const std::string& directory) {
  return "Remove " + directory +
         " and start again: the read models are then made anew from the log.";
}

rocksdb::DBOptions StoreOptions(rocksdb::Env* env) {
  rocksdb::DBOptions options;
  options.env = env;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  // A view that is seldom written would keep old logs alive.
  options.max_total_wal_size = 128 << 20;
  options.db_write_buffer_size = 128 << 20;
  options.max_bgerror_resume_count = 0;  // whoever gets a StoreFailure opens the store again
  options.keep_log_file_num = 3;
  options.stats_dump_period_sec = 0;
  return options;
}

// A key without the number at its end.
class BeforeNumber : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "contacts.BeforeNumber"; }
  bool InDomain(const rocksdb::Slice& key) const override { return key.size() > kNumber; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    return {key.data(), key.size() - kNumber};
  }

 private:
  static constexpr size_t kNumber = 8;
};

// New rows in memory: where the next one goes, and whether a key is there, without a search among
// all of them.
void SetMemory(View view, rocksdb::ColumnFamilyOptions* options) {
  switch (view) {
    case View::kContacts:
    case View::kMentions:
    case View::kRecords:
      // Mostly behind the last one of the same tenant.
      options->memtable_insert_with_hint_prefix_extractor = std::make_shared<BeforeNumber>();
      break;
    case View::kCheckpoints:
    case View::kTenants:
      // Mostly the same one again.
      options->memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewNoopTransform());
      break;
    case View::kEmails:
    case View::kKeys:
      // Each command asks for one that is not there: about 20 bits of a filter for each row.
      options->memtable_whole_key_filtering = true;
      options->memtable_prefix_bloom_size_ratio = 0.02;
      break;
    default:
      break;
  }
}

rocksdb::ColumnFamilyOptions FamilyOptions(View view, std::shared_ptr<rocksdb::Cache> cache) {
  rocksdb::ColumnFamilyOptions options;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = std::move(cache);
  options.compression = rocksdb::kLZ4Compression;
  if (view == View::kRecords) {
    // Much text that is alike and seldom read: large blocks, packed well when they have come to
    // rest.
    options.bottommost_compression = rocksdb::kZSTD;
    table.block_size = 64 * 1024;
  } else {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  }
  // Each merge writes all rows again; each file that is not merged yet costs a read a look at its
  // filter or index.
  options.level0_file_num_compaction_trigger = 8;
  SetMemory(view, &options);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> Descriptors(size_t cache_bytes) {
  const auto cache = rocksdb::NewLRUCache(cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  descriptors.emplace_back(rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions());
  for (int view = 0; view < kViews; ++view) {
    descriptors.emplace_back(NameOf(View{view}), FamilyOptions(View{view}, cache));
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

// RocksDB itself says only that not all families were opened.
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

void CheckFormat(const std::string& directory, const OpenFamilies& families) {
  rocksdb::DB& db = *families.db;
  std::string format;
  rocksdb::Status status = db.Get(rocksdb::ReadOptions(), families.meta, kFormatKey, &format);
  if (status.IsNotFound()) {
    const auto checkpoints = families.views[static_cast<size_t>(View::kCheckpoints)];
    const std::unique_ptr<rocksdb::Iterator> rows(
        db.NewIterator(rocksdb::ReadOptions(), checkpoints));
    rows->SeekToFirst();
    if (!rows->Valid() && rows->status().ok()) {
      format = keys::Number(kViewsFormat);
      status = db.Put(rocksdb::WriteOptions(), families.meta, kFormatKey, format);
    }
  }
  if (!status.ok() || keys::NumberFrom(format) != kViewsFormat) {
    throw StoreFailure("the read models in " + directory + " have the format " +
                       std::to_string(keys::NumberFrom(format)) + ", this build knows " +
                       std::to_string(kViewsFormat) + " (" + status.ToString() + "). " +
                       MadeAnew(directory));
  }
}

}  // namespace

OpenFamilies OpenViewFamilies(const std::string& directory, size_t cache_bytes, rocksdb::Env* env) {
  if (env == nullptr) env = rocksdb::Env::Default();
  const rocksdb::DBOptions options = StoreOptions(env);
  const auto descriptors = Descriptors(cache_bytes);
  MakeDirectories(env, directory);
  RefuseUnknownFamilies(options, directory, descriptors);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options, directory, descriptors, &handles, &db);
  if (!status.ok()) {
    throw StoreFailure(
        "the read models in " + directory + " cannot be opened: " + status.ToString() + ". " +
        (status.IsCorruption() ? MadeAnew(directory) : "Is another process using them?"));
  }
  OpenFamilies families{
      std::unique_ptr<rocksdb::DB>(db), handles[0], {handles.begin() + 1, handles.end()}};
  try {
    CheckFormat(directory, families);
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
