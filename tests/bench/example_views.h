// The view stores that the micro-benchmarks compare, and one log for both.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "infra/rocksdb_views/rocksdb_view_store.h"
#include "projections/projector.h"
#include "query/list/list.h"
#include "tests/bench/example.h"
#include "tests/support/keys.h"
#include "tests/support/log_script.h"
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

// Read models that a benchmark fills with records of its own, tenant by tenant.
class FilledViews {
 public:
  const ViewStore& views() const { return views_.store; }

 protected:
  FilledViews() { Add(std::string(kOpeningKey), OpeningEntry().value); }
  // The tenant's next record.
  void Then(const TenantId& tenant, Event event) {
    Head& newest = heads_[tenant];
    const std::string bytes = EncodeRecord(testing::RecordAfter(newest, tenant, std::move(event)));
    newest = {Next(newest.sequence), Sha256(bytes)};
    Add(tenant.value, bytes);
  }
  // All records are applied when it returns.
  void Apply() { projector_.Apply(std::exchange(entries_, {})); }
  Sequence head(const TenantId& tenant) const { return heads_.at(tenant).sequence; }

 private:
  void Add(std::string key, std::string value) {
    entries_.push_back({offset_, Timestamp{2}, std::move(key), std::move(value)});
    ++offset_.value;
    if (entries_.size() == 2000) Apply();
  }

  RocksDbViews views_;
  Projector projector_{views_.store, TestKeys(), 0, 1};
  std::vector<LogEntry> entries_;
  Offset offset_{0};
  std::map<TenantId, Head> heads_;
};

// About 10,000, in whole parts, so that the last part of the list costs as much as any.
inline constexpr int64_t kManyContacts = 79 * query::kIdsInPart;

// Made once: that takes longer than most benchmarks that use it.
inline const std::vector<LogEntry>& ManyContacts() {
  static const std::vector<LogEntry> entries = ExampleLog(kManyContacts);
  return entries;
}

}  // namespace contacts
