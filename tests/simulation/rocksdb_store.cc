#include "tests/simulation/rocksdb_store.h"

#include <rocksdb/env.h>

#include "infra/rocksdb_views/rocksdb_view_store.h"

namespace contacts::sim {
namespace {

class InMemory : public ViewStore {
 public:
  InMemory()
      : env_(rocksdb::NewMemEnv(rocksdb::Env::Default())),
        store_({.directory = "/views", .cache_bytes = 1 << 20, .env = env_.get()}) {}

  std::optional<std::string> Get(View view, std::string_view key) const override {
    return store_.Get(view, key);
  }
  void Scan(View view, std::string_view from, std::string_view to,
            const Visit& visit) const override {
    store_.Scan(view, from, to, visit);
  }
  void Commit(const ViewBatch& batch) override { store_.Write(batch); }
  std::unique_ptr<ViewReader> Snapshot() const override { return store_.Snapshot(); }

 private:
  const std::unique_ptr<rocksdb::Env> env_;  // outlives the store
  RocksDbViewStore store_;
};

}  // namespace

std::unique_ptr<ViewStore> OpenRocksDbInMemory() { return std::make_unique<InMemory>(); }

}  // namespace contacts::sim
