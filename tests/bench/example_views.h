// The view stores that the micro-benchmarks compare, and one log for both.
#pragma once

#include <vector>

#include "infra/rocksdb_views/rocksdb_view_store.h"
#include "query/list/list.h"
#include "tests/bench/example.h"
#include "tests/support/memory_view_store.h"
#include "tests/support/temp_dir.h"

namespace contacts {

struct MemoryViews {
  MemoryViewStore store;
};

struct RocksDbViews {
  testing::TempDir directory;
  RocksDbViewStore store{RocksDbViewStoreOptions{directory.path()}};
};

// About 10,000, in whole parts, so that the last part of the list costs as much as any.
inline constexpr int64_t kManyContacts = 79 * query::kIdsInPart;

// Made once: that takes longer than most benchmarks that use it.
inline const std::vector<LogEntry>& ManyContacts() {
  static const std::vector<LogEntry> entries = ExampleLog(kManyContacts);
  return entries;
}

}  // namespace contacts
