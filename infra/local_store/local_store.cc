#include "infra/local_store/local_store.h"

#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "infra/base/log.h"
#include "infra/rocksdb/rewrite_files.h"
#include "infra/rocksdb/store_guard.h"

namespace contacts {
namespace {

using Families = std::vector<rocksdb::ColumnFamilyDescriptor>;

constexpr const char* kFormatKey = "format";
constexpr const char* kFormat = "1";
constexpr const char* kCleanedKey = "cleaned";

rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view FromSlice(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

Error Unavailable(std::string message) {
  return {ErrorCode::kUnavailable, std::move(message), {}, 30};
}

rocksdb::DBOptions StoreOptions(const LocalStore::Options& options, const StoreGuard& guard) {
  rocksdb::DBOptions tuned;
  guard.SetOptions(&tuned);
  SetRewritable(&tuned);
  if (options.env != nullptr) tuned.env = options.env;
  tuned.create_if_missing = true;
  tuned.create_missing_column_families = true;
  // An interrupted write at the very end is dropped, damage before it is an error; RocksDB's
  // default silently drops all rows after the damage, synced or not.
  tuned.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  return tuned;
}

Families FamiliesOfTheStore() {
  rocksdb::BlockBasedTableOptions table;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.write_buffer_size = 4 << 20;
  return {{rocksdb::kDefaultColumnFamilyName, family},
          {"sessions", family},
          {"credentials", family},
          {"keys", family}};
}

std::string Damaged(const std::string& directory, const std::string& what) {
  return "The store of sessions and passwords in " + directory + " is damaged: " + what +
         ". Restore the directory from a backup; without one, move it away and start again: all "
         "users must then log in again and, unless the log is on Kafka, get new passwords.";
}

std::string OfANewerBuild(const std::string& directory, const std::string& what) {
  return "The store of sessions and passwords in " + directory + " has " + what +
         ", which this build does not know; use the build that wrote it.";
}

std::string WhyNotOpen(const rocksdb::Status& status, const std::string& directory,
                       const StoreGuard& guard) {
  if (status.IsCorruption()) return Damaged(directory, status.ToString());
  const bool locked = status.IsIOError() && status.ToString().find("lock") != std::string::npos;
  if (locked && !status.IsNoSpace()) return "Another process is using " + directory + ".";
  return "Cannot open " + directory + ": " + guard.Cause(status);
}

}  // namespace

struct LocalStore::State {
  State(const Options& options) : directory(options.directory), guard("local", directory) {}
  ~State() {
    for (rocksdb::ColumnFamilyHandle* family : families) db->DestroyColumnFamilyHandle(family);
  }

  // nullptr: an earlier build made the store, which is open read-only.
  rocksdb::ColumnFamilyHandle* Family(Table table) const {
    const size_t place = static_cast<size_t>(table) + 1;
    return place < families.size() ? families[place] : nullptr;
  }
  Error NotWritten() const {
    return Unavailable(
        guard.Full() ? "The store of sessions and passwords cannot be written: its disk is full."
                     : "The store of sessions and passwords cannot be written.");
  }
  Error NotRead(const rocksdb::Status& status) const {
    if (!told.exchange(true)) {
      log::Error("a store cannot be read",
                 {{"cause", status.IsCorruption() ? Damaged(directory, status.ToString())
                                                  : status.ToString()}});
    }
    return Unavailable("The store of sessions and passwords cannot be read.");
  }
  Result<bool> Write(rocksdb::WriteBatch* batch, Durability durability) {
    if (!guard.Failure().empty()) return NotWritten();
    rocksdb::WriteOptions options;
    options.sync = durability == Durability::kSynced;
    const rocksdb::Status status = db->Write(options, batch);
    if (status.ok()) return true;
    guard.Note(status);
    return NotWritten();
  }
  std::optional<Error> OpenDb(const Options& options);
  std::optional<Error> CheckFormat(Access access);

  const std::string directory;
  const StoreGuard guard;
  mutable std::atomic<bool> told{false};  // the log says only once that the store cannot be read
  std::mutex rewriting;                   // held by RewriteFiles
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;  // default, then in the order of Table
};

std::optional<Error> LocalStore::State::OpenDb(const Options& options) {
  const rocksdb::DBOptions tuned = StoreOptions(options, guard);
  if (options.access == Access::kReadWrite) {
    const rocksdb::Status made = tuned.env->CreateDirIfMissing(directory);
    if (!made.ok()) return Unavailable("Cannot make " + directory + ": " + guard.Cause(made));
  } else if (!tuned.env->FileExists(directory + "/CURRENT").ok()) {
    return Unavailable("There is no store of sessions and passwords in " + directory + ".");
  }
  Families known = FamiliesOfTheStore();
  std::vector<std::string> names;
  // Fails for a new store, which has no names.
  (void)rocksdb::DB::ListColumnFamilies(tuned, directory, &names).ok();
  for (const std::string& name : names) {
    if (std::none_of(known.begin(), known.end(), [&](const auto& f) { return f.name == name; })) {
      return Unavailable(OfANewerBuild(directory, "a table \"" + name + "\""));
    }
  }
  if (options.access == Access::kReadOnly) {  // nothing can be made; tables were added at the end
    std::erase_if(known, [&](const auto& family) {
      return std::find(names.begin(), names.end(), family.name) == names.end();
    });
  }
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status =
      options.access == Access::kReadWrite
          ? rocksdb::DB::Open(tuned, directory, known, &families, &opened)
          : rocksdb::DB::OpenForReadOnly(tuned, directory, known, &families, &opened);
  if (!status.ok()) return Unavailable(WhyNotOpen(status, directory, guard));
  db.reset(opened);
  return CheckFormat(options.access);
}

std::optional<Error> LocalStore::State::CheckFormat(Access access) {
  std::string format;
  const rocksdb::Status status =
      db->Get(rocksdb::ReadOptions(), families.front(), kFormatKey, &format);
  if (status.ok() && format == kFormat) return std::nullopt;
  if (status.ok()) return Unavailable(OfANewerBuild(directory, "the format " + format));
  if (!status.IsNotFound()) return Unavailable(WhyNotOpen(status, directory, guard));
  if (access == Access::kReadOnly) return std::nullopt;
  rocksdb::WriteBatch batch;
  batch.Put(families.front(), kFormatKey, kFormat);
  const auto written = Write(&batch, Durability::kSynced);
  return written.ok()
             ? std::nullopt
             : std::optional(Unavailable("Cannot open " + directory + ": " + guard.Failure()));
}

LocalStore::LocalStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
LocalStore::~LocalStore() = default;

Result<std::unique_ptr<LocalStore>> LocalStore::Open(const Options& options) {
  auto state = std::make_unique<State>(options);
  if (const auto error = state->OpenDb(options)) return *error;
  return std::unique_ptr<LocalStore>(new LocalStore(std::move(state)));
}

Result<std::optional<std::string>> LocalStore::Get(Table table, std::string_view key) const {
  std::string value;
  rocksdb::ColumnFamilyHandle* const family = state_->Family(table);
  if (family == nullptr) return std::optional<std::string>();
  const rocksdb::Status status =
      state_->db->Get(rocksdb::ReadOptions(), family, ToSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return state_->NotRead(status);
  return std::optional<std::string>(std::move(value));
}

Result<bool> LocalStore::Put(Table table, std::string_view key, std::string_view value,
                             Durability durability) {
  rocksdb::WriteBatch batch;
  batch.Put(state_->Family(table), ToSlice(key), ToSlice(value));
  return state_->Write(&batch, durability);
}

Result<bool> LocalStore::PutAll(Table table, const std::vector<StoredSecret>& rows,
                                Durability durability) {
  rocksdb::WriteBatch batch;
  for (const auto& [key, value] : rows) batch.Put(state_->Family(table), key, value);
  return state_->Write(&batch, durability);
}

Result<bool> LocalStore::Erase(Table table, std::string_view key, Durability durability) {
  rocksdb::WriteBatch batch;
  batch.Delete(state_->Family(table), ToSlice(key));
  return state_->Write(&batch, durability);
}

Result<bool> LocalStore::Scan(
    Table table, const std::function<bool(std::string_view key, std::string_view value)>& visit,
    std::string_view from) const {
  rocksdb::ColumnFamilyHandle* const family = state_->Family(table);
  if (family == nullptr) return true;
  const std::unique_ptr<rocksdb::Iterator> rows(
      state_->db->NewIterator(rocksdb::ReadOptions(), family));
  for (rows->Seek(rocksdb::Slice(from.data(), from.size())); rows->Valid(); rows->Next()) {
    if (!visit(FromSlice(rows->key()), FromSlice(rows->value()))) break;
  }
  if (!rows->status().ok()) return state_->NotRead(rows->status());
  return true;
}

Result<bool> LocalStore::RewriteFiles(std::atomic<bool>& stop) {
  const std::lock_guard lock(state_->rewriting);
  if (!state_->guard.Failure().empty()) return state_->NotWritten();
  return contacts::RewriteFiles({*state_->db, state_->directory, state_->families, state_->families,
                                 state_->families.front()},
                                stop);
}

Result<std::string> LocalStore::Cleaned() const {
  std::string erasures;
  const rocksdb::Status status =
      state_->db->Get(rocksdb::ReadOptions(), state_->families.front(), kCleanedKey, &erasures);
  if (status.IsNotFound()) return std::string();
  if (!status.ok()) return state_->NotRead(status);
  return erasures;
}

Result<bool> LocalStore::NoteCleaned(const std::string& erasures) {
  rocksdb::WriteBatch batch;
  batch.Put(state_->families.front(), kCleanedKey, erasures);
  return state_->Write(&batch, Durability::kSynced);
}

std::string LocalStore::Failure() const { return state_->guard.Failure(); }
bool LocalStore::RoomAgain() const { return state_->guard.RoomAgain(); }

}  // namespace contacts
