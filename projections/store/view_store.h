// The port to the store of the read models: sorted rows in named views, changed in atomic batches.
// The program uses RocksDB behind a ReplaceableViewStore, the simulation an ordered map; all stores
// pass one contract suite (tests/support/view_store_contract.h).
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "events/values/ids.h"
#include "projections/store/views.h"

namespace contacts {

// The store cannot read or write any more (disk, corruption). The code that runs a partition or
// answers a request catches it in its outermost loop; a store that threw must not be used further.
struct StoreFailure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Changes to be made together. If several have one key, the last one wins.
class ViewBatch {
 public:
  struct Change {
    View view;
    std::string key;
    std::optional<std::string> value;  // nullopt: erase
  };
  void Add(Change change) { changes_.push_back(std::move(change)); }
  void Put(View view, std::string key, std::string value) {
    Add({view, std::move(key), std::move(value)});
  }
  void Erase(View view, std::string key) { Add({view, std::move(key), std::nullopt}); }
  // A change keeps its address while others are added.
  const std::deque<Change>& changes() const { return changes_; }
  std::deque<Change>& changes() { return changes_; }
  bool empty() const { return changes_.empty(); }

 private:
  std::deque<Change> changes_;
};

// Any thread. Throws StoreFailure.
class ViewReader {
 public:
  virtual ~ViewReader() = default;
  virtual std::optional<std::string> Get(View view, std::string_view key) const = 0;
  // Visits rows with from <= key < to, in bytewise order of keys ("" as `to`: no end), until
  // `visit` returns false. Its arguments are valid during the call only.
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;
  virtual void Scan(View view, std::string_view from, std::string_view to,
                    const Visit& visit) const = 0;
};

class ViewStore : public ViewReader {
 public:
  // Writes all of the batch or, after a crash, nothing. All readers see it when this returns.
  void Write(const ViewBatch& batch);
  // All rows as they are now; later batches do not change it. It must not outlive the store.
  virtual std::unique_ptr<ViewReader> Snapshot() const = 0;

  // A version stamp of the tenant's rows, valid in this process: data read after VersionStamp()
  // returned v is current while VersionStamp() returns v. nullopt: a batch is being written at this
  // moment, and a read may see the rows before or after it. Other tenants' batches may change the
  // stamp, too.
  std::optional<uint64_t> VersionStamp(const TenantId& tenant) const;
  // Names the store in use (replaceable_view_store.h), for data that is kept longer than a version:
  // if it is the same before and after a read, the read used the store that it names.
  uint64_t Generation() const { return generation_; }

 protected:
  // `change` replaces all rows; it must not throw. Every version and the generation end.
  void ChangeAll(const std::function<void()>& change);
  // For stores that pass batches to others: the version stamps of `store` itself do not change.
  static void CommitTo(ViewStore& store, const ViewBatch& batch) { store.Commit(batch); }

 private:
  virtual void Commit(const ViewBatch& batch) = 0;

  // The batches begun and done of the tenants whose ids hash alike. With one number alone there
  // would be a moment between a batch and its counting when old and new rows have the same stamp.
  struct Batches {
    std::atomic<uint64_t> begun{0};
    std::atomic<uint64_t> done{0};
  };
  // 8 KiB in all. If a thousand tenants write all the time, two share a place: a cached read of one
  // is then dropped too early, which only costs reading a row again.
  static constexpr size_t kBatches = 512;
  static size_t PlaceOf(std::string_view tenant);
  std::array<Batches, kBatches> batches_;
  std::atomic<uint64_t> generation_{0};
};

}  // namespace contacts
