// The port to where read models live: sorted rows in named views, changed in atomic batches.
// RocksDB stands behind it in production, behind a ReplaceableViewStore, an ordered map in the
// simulation; all pass one contract suite (tests/support/view_store_contract.h).
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

// The store cannot read or write any more (disk, corruption). Whoever runs a partition or answers a
// request catches it at its outermost loop; nobody goes on with a store that threw.
struct StoreFailure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Changes to be made together. Later ones of the same key win.
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
  // A change stays where it is while others are added.
  const std::deque<Change>& changes() const { return changes_; }
  std::deque<Change>& changes() { return changes_; }
  bool empty() const { return changes_.empty(); }
  void Clear() { changes_.clear(); }

 private:
  std::deque<Change> changes_;
};

// Any thread. Throws StoreFailure.
class ViewReader {
 public:
  virtual ~ViewReader() = default;
  virtual std::optional<std::string> Get(View view, std::string_view key) const = 0;
  // Rows with from <= key < to, in bytewise order of keys ("" as `to`: no end), until `visit` says
  // false. The views are valid during the call only.
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;
  virtual void Scan(View view, std::string_view from, std::string_view to,
                    const Visit& visit) const = 0;
};

class ViewStore : public ViewReader {
 public:
  // All of the batch or, after a crash, nothing. Visible to all readers when it returns.
  void Write(const ViewBatch& batch);
  // A frozen view of all rows, for as long as it is held. It must not outlive the store.
  virtual std::unique_ptr<ViewReader> Snapshot() const = 0;

  // Names the present state of the tenant's rows, in this process: as long as it gives the same,
  // what was read of them after it gave it is true. nullopt: a batch is just being written, and
  // what is read may be of before or after it. Another tenant's batches may change it, too.
  std::optional<uint64_t> VersionStamp(const TenantId& tenant) const;
  // Names the store behind this one (replaceable_view_store.h), for what is kept longer than a
  // version: while it is the same before and after a read, that read was of the store it names.
  uint64_t Generation() const { return generation_; }

 protected:
  // `change` gives all rows for others; it must not throw. Every version and the generation end.
  void ChangeAll(const std::function<void()>& change);
  // For stores that stand before others: the versions of `store` itself do not change.
  static void CommitTo(ViewStore& store, const ViewBatch& batch) { store.Commit(batch); }

 private:
  virtual void Commit(const ViewBatch& batch) = 0;

  // Of the tenants whose ids hash alike: batches that were begun and that are done. One number
  // alone would leave a moment between a batch and its counting in which old and new are both true.
  struct Batches {
    std::atomic<uint64_t> begun{0};
    std::atomic<uint64_t> done{0};
  };
  // 8 KiB in all. With a thousand tenants that write all the time, two share a place: a cached
  // reading of one then ends early, which costs reading a row again and no more.
  static constexpr size_t kBatches = 512;
  static size_t PlaceOf(std::string_view tenant);
  std::array<Batches, kBatches> batches_;
  std::atomic<uint64_t> generation_{0};
};

}  // namespace contacts
