#include "infra/rocksdb_views/rocksdb_view_store.h"

#include <rocksdb/write_batch.h>

#include "infra/rocksdb/rewrite_files.h"
#include "infra/rocksdb_views/view_families.h"

namespace contacts {
namespace {

// More than RocksDB adds to a row in a batch, or to a batch.
constexpr size_t kBytesOfAChange = 24;

rocksdb::Slice SliceOf(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

// The open database. Reads go through it with a snapshot or, for the newest rows, without.
class RocksDbViewStore::Families {
 public:
  explicit Families(const RocksDbViewStoreOptions& options)
      : directory_(options.directory),
        guard_("views", options.directory),
        open_(OpenViewFamilies(options, guard_)) {}
  ~Families() { CloseViewFamilies(&open_); }
  Families(const Families&) = delete;
  Families& operator=(const Families&) = delete;

  rocksdb::DB& db() const { return *open_.db; }
  const StoreGuard& guard() const { return guard_; }

  Result<bool> RewriteFiles(std::atomic<bool>& stop) const {
    if (const std::string failure = guard_.Failure(); !failure.empty()) {
      return Error{ErrorCode::kUnavailable, failure};
    }
    RewrittenStore store{db(), directory_, {open_.meta}, {open_.meta}, open_.meta};
    for (int view = 0; view < kViews; ++view) {
      rocksdb::ColumnFamilyHandle* const family = FamilyOf(View{view});
      store.families.push_back(family);
      if (InfoOf(View{view}).use != ViewInfo::Use::kArchive) store.rewritten.push_back(family);
    }
    return contacts::RewriteFiles(store, stop);
  }

  std::optional<std::string> Get(View view, std::string_view key,
                                 const rocksdb::Snapshot* snapshot) const {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    std::string value;
    const rocksdb::Status status = db().Get(options, FamilyOf(view), SliceOf(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    Check(status, "read");
    return value;
  }

  void Scan(View view, std::string_view from, std::string_view to, const Visit& visit,
            const rocksdb::Snapshot* snapshot) const {
    const rocksdb::Slice upper = SliceOf(to);
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    if (!to.empty()) options.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> rows(db().NewIterator(options, FamilyOf(view)));
    for (rows->Seek(SliceOf(from)); rows->Valid(); rows->Next()) {
      if (!visit(rows->key().ToStringView(), rows->value().ToStringView())) return;
    }
    Check(rows->status(), "read");
  }

  void Write(const ViewBatch& changes) {
    size_t bytes = kBytesOfAChange;
    for (const ViewBatch::Change& change : changes.changes()) {
      bytes += kBytesOfAChange + change.key.size() + (change.value ? change.value->size() : 0);
    }
    rocksdb::WriteBatch batch(bytes);
    for (const ViewBatch::Change& change : changes.changes()) {
      const rocksdb::Status status =
          change.value ? batch.Put(FamilyOf(change.view), change.key, *change.value)
                       : batch.Delete(FamilyOf(change.view), change.key);
      Check(status, "written");
    }
    if (const std::string failure = guard_.Failure(); !failure.empty()) Fail("written", failure);
    // Not synced: the log has all of it, and the checkpoint says from where to apply it again.
    const rocksdb::Status status = db().Write(rocksdb::WriteOptions(), &batch);
    if (!status.ok()) guard_.Note(status);
    Check(status, "written");
  }

 private:
  rocksdb::ColumnFamilyHandle* FamilyOf(View view) const {
    return open_.views[static_cast<size_t>(view)];
  }
  [[noreturn]] static void Fail(const char* what, const std::string& why) {
    throw StoreFailure(std::string("the read models cannot be ") + what + ": " + why);
  }
  void Check(const rocksdb::Status& status, const char* what) const {
    if (!status.ok()) Fail(what, guard_.Cause(status));
  }

  const std::string directory_;
  const StoreGuard guard_;
  OpenFamilies open_;
};

class RocksDbViewStore::Frozen : public ViewReader {
 public:
  explicit Frozen(const Families& families)
      : families_(families), snapshot_(families.db().GetSnapshot()) {}
  ~Frozen() override { families_.db().ReleaseSnapshot(snapshot_); }

  std::optional<std::string> Get(View view, std::string_view key) const override {
    return families_.Get(view, key, snapshot_);
  }
  void Scan(View view, std::string_view from, std::string_view to,
            const Visit& visit) const override {
    families_.Scan(view, from, to, visit, snapshot_);
  }

 private:
  const Families& families_;
  const rocksdb::Snapshot* const snapshot_;
};

RocksDbViewStore::RocksDbViewStore(RocksDbViewStoreOptions options)
    : families_(std::make_unique<Families>(options)) {}

RocksDbViewStore::~RocksDbViewStore() = default;

std::optional<std::string> RocksDbViewStore::Get(View view, std::string_view key) const {
  return families_->Get(view, key, nullptr);
}

void RocksDbViewStore::Scan(View view, std::string_view from, std::string_view to,
                            const Visit& visit) const {
  families_->Scan(view, from, to, visit, nullptr);
}

void RocksDbViewStore::Commit(const ViewBatch& batch) { families_->Write(batch); }

std::unique_ptr<ViewReader> RocksDbViewStore::Snapshot() const {
  return std::make_unique<Frozen>(*families_);
}

std::string RocksDbViewStore::Failure() const { return families_->guard().Failure(); }
bool RocksDbViewStore::RoomAgain() const { return families_->guard().RoomAgain(); }
Result<bool> RocksDbViewStore::RewriteFiles(std::atomic<bool>& stop) {
  return families_->RewriteFiles(stop);
}

}  // namespace contacts
