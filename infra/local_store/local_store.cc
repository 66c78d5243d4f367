#include "infra/local_store/local_store.h"

#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <utility>
#include <vector>

namespace contacts {
namespace {

rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view FromSlice(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

Error DiskFault(const rocksdb::Status& status) {
  return {ErrorCode::kUnavailable,
          "The store of sessions and passwords failed: " + status.ToString()};
}

Result<bool> Done(const rocksdb::Status& status) {
  if (!status.ok()) return DiskFault(status);
  return true;
}

}  // namespace

struct LocalStore::State {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;  // default, then in the order of Table

  rocksdb::ColumnFamilyHandle* Family(Table table) const {
    return families[static_cast<size_t>(table) + 1];
  }
  static rocksdb::WriteOptions Writing(Durability durability) {
    rocksdb::WriteOptions options;
    options.sync = durability == Durability::kSynced;
    return options;
  }
  ~State() {
    for (rocksdb::ColumnFamilyHandle* family : families) db->DestroyColumnFamilyHandle(family);
  }
};

LocalStore::LocalStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
LocalStore::~LocalStore() = default;

Result<std::unique_ptr<LocalStore>> LocalStore::Open(const std::string& directory) {
  rocksdb::BlockBasedTableOptions table;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  family.write_buffer_size = 4 << 20;
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.keep_log_file_num = 2;
  const std::vector<rocksdb::ColumnFamilyDescriptor> families = {
      {rocksdb::kDefaultColumnFamilyName, family}, {"sessions", family}, {"credentials", family}};
  auto state = std::make_unique<State>();
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::Open(options, directory, families, &state->families, &db);
  if (!status.ok()) {
    const bool locked = status.IsIOError() && status.ToString().find("lock") != std::string::npos;
    return Error{ErrorCode::kUnavailable,
                 locked ? "Another process is using " + directory + "."
                        : "Cannot open " + directory + ": " + status.ToString()};
  }
  state->db.reset(db);
  return std::unique_ptr<LocalStore>(new LocalStore(std::move(state)));
}

Result<std::optional<std::string>> LocalStore::Get(Table table, std::string_view key) const {
  std::string value;
  const rocksdb::Status status =
      state_->db->Get(rocksdb::ReadOptions(), state_->Family(table), ToSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return DiskFault(status);
  return std::optional<std::string>(std::move(value));
}

Result<bool> LocalStore::Put(Table table, std::string_view key, std::string_view value,
                             Durability durability) {
  return Done(state_->db->Put(State::Writing(durability), state_->Family(table), ToSlice(key),
                              ToSlice(value)));
}

Result<bool> LocalStore::Erase(Table table, std::string_view key, Durability durability) {
  return Done(state_->db->Delete(State::Writing(durability), state_->Family(table), ToSlice(key)));
}

Result<bool> LocalStore::Scan(
    Table table,
    const std::function<bool(std::string_view key, std::string_view value)>& visit) const {
  const std::unique_ptr<rocksdb::Iterator> rows(
      state_->db->NewIterator(rocksdb::ReadOptions(), state_->Family(table)));
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
    if (!visit(FromSlice(rows->key()), FromSlice(rows->value()))) break;
  }
  return Done(rows->status());
}

Result<bool> LocalSecretStore::Put(std::string_view id, std::string_view secret) {
  return store_.Put(LocalStore::Table::kCredentials, id, secret, LocalStore::Durability::kSynced);
}

Result<std::optional<std::string>> LocalSecretStore::Get(std::string_view id) {
  return store_.Get(LocalStore::Table::kCredentials, id);
}

Result<bool> LocalSecretStore::Erase(std::string_view id) {
  return store_.Erase(LocalStore::Table::kCredentials, id, LocalStore::Durability::kSynced);
}

}  // namespace contacts
