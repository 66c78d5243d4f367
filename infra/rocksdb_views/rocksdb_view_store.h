// The view store in RocksDB: one column family for each view.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "events/values/result.h"
#include "projections/store/view_store.h"

namespace rocksdb {
class Env;
}

namespace contacts {

struct RocksDbViewStoreOptions {
  enum class Access {
    kReadWrite,
    kReadOnly,  // shows the views as they were at opening; makes no files, and each batch fails
  };
  std::string directory;  // made if it does not exist
  size_t cache_bytes = 64 << 20;
  rocksdb::Env* env = nullptr;  // must outlive the store; nullptr: this machine's files
  Access access = Access::kReadWrite;
};

// A batch survives the end of the process; a power cut may undo the newest batches, each of them
// whole. The log still has these entries, after the checkpoint, which is undone with them.
//
// After a batch that could not be written, or a failure of RocksDB's work in the background, no
// batch is written: the store must be opened again. Rows written before can be read.
class RocksDbViewStore : public ViewStore {
 public:
  // Throws StoreFailure, also for a directory in a format that this build does not know; its
  // message says what to do.
  explicit RocksDbViewStore(RocksDbViewStoreOptions options);
  ~RocksDbViewStore() override;

  std::optional<std::string> Get(View view, std::string_view key) const override;
  void Scan(View view, std::string_view from, std::string_view to,
            const Visit& visit) const override;
  std::unique_ptr<ViewReader> Snapshot() const override;

  // Why no batch is written any more, and what to do; empty: batches are written.
  std::string Failure() const;
  // The disk was full and has room again: the store can be opened again now.
  bool RoomAgain() const;
  // As RewriteFiles (infra/rocksdb/rewrite_files.h): true when no file holds an erased row any
  // more. The tables of archives (ViewInfo) stay: they hold records, in which personal data is
  // sealed.
  Result<bool> RewriteFiles(std::atomic<bool>& stop);

 private:
  void Commit(const ViewBatch& batch) override;

  class Frozen;
  class Families;
  std::unique_ptr<Families> families_;
};

}  // namespace contacts
