// The view store in RocksDB: one column family a view.
#pragma once

#include <memory>
#include <string>

#include "projections/store/view_store.h"

namespace rocksdb {
class Env;
}

namespace contacts {

struct RocksDbViewStoreOptions {
  enum class Access {
    kReadWrite,
    kReadOnly,  // the views as they were at opening; nothing is made, each batch fails
  };
  std::string directory;  // made when there is none
  size_t cache_bytes = 64 << 20;
  rocksdb::Env* env = nullptr;  // must outlive the store; nullptr: this machine's files
  Access access = Access::kReadWrite;
};

// A batch survives the end of the process; a power cut may take the newest batches back, each of
// them whole. What is lost so is in the log still, after the checkpoint that came back with it.
//
// After a batch that could not be written, or a failure of RocksDB's work in the background, no
// batch is written: the store must be opened again. What was written can be read.
class RocksDbViewStore : public ViewStore {
 public:
  // Throws StoreFailure, also for a directory in a format that this build does not know; it says
  // what to do.
  explicit RocksDbViewStore(RocksDbViewStoreOptions options);
  ~RocksDbViewStore() override;

  std::optional<std::string> Get(View view, std::string_view key) const override;
  void Scan(View view, std::string_view from, std::string_view to,
            const Visit& visit) const override;
  std::unique_ptr<ViewReader> Snapshot() const override;

  // Why no batch is written any more, and what to do; empty: batches are.
  std::string Failure() const;
  // The disk was full, and has room again: the store can be opened again now.
  bool RoomAgain() const;

 private:
  void Commit(const ViewBatch& batch) override;

  class Frozen;
  class Families;
  std::unique_ptr<Families> families_;
};

}  // namespace contacts
