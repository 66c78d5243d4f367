#include "tests/support/view_store_contract.h"

#include <rocksdb/env.h>

#include <memory>

#include "infra/rocksdb_views/rocksdb_view_store.h"
#include "projections/store/overlay_view_store.h"
#include "projections/store/replaceable_view_store.h"
#include "tests/support/memory_view_store.h"
#include "tests/support/temp_dir.h"

namespace contacts::testing {
namespace {

struct MemoryFixture {
  ViewStore& store() { return store_; }
  MemoryViewStore store_;
};

struct DiskFixture {
  ViewStore& store() { return store_; }
  TempDir dir_;
  RocksDbViewStore store_{{dir_ / "views"}};
};

struct MemoryFilesFixture {
  ViewStore& store() { return store_; }
  std::unique_ptr<rocksdb::Env> env_{rocksdb::NewMemEnv(rocksdb::Env::Default())};
  RocksDbViewStore store_{{"/views", 1 << 20, env_.get()}};
};

struct ReplaceableFixture {
  ViewStore& store() { return store_; }
  ReplaceableViewStore store_{std::make_shared<MemoryViewStore>()};
};

struct OverlayFixture {
  ViewStore& store() { return store_; }
  OverlayViewStore store_{std::make_unique<MemoryViewStore>()};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Memory, ViewStoreContract, MemoryFixture);
INSTANTIATE_TYPED_TEST_SUITE_P(RocksDbOnDisk, ViewStoreContract, DiskFixture);
INSTANTIATE_TYPED_TEST_SUITE_P(RocksDbInMemory, ViewStoreContract, MemoryFilesFixture);
INSTANTIATE_TYPED_TEST_SUITE_P(Replaceable, ViewStoreContract, ReplaceableFixture);
INSTANTIATE_TYPED_TEST_SUITE_P(Overlay, ViewStoreContract, OverlayFixture);

}  // namespace
}  // namespace contacts::testing
