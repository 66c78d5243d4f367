// Keeps rendered lists, so that one change renders one part again and an unchanged list costs a
// lookup. A returned list is never older than the tenant's position at the call: a list is current
// while the tenant's row names the same newest change, and the row is not read again while the
// tenant's ViewStore::VersionStamp is unchanged. Lists of a replaced store are not used again.
//
// A large tenant costs no other. Lists up to a quarter of the limit share one shelf, where a tenant
// over its share evicts its own lists only. A larger list stands on a second shelf of the same
// limit, which always has room for the list used last, so that a list of any size is rendered once
// a change. A tenant gets no new list while slow readers hold more texts that the cache has let go
// than a quarter of the limit, and than its largest list costs (query/README.md has the numbers).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "events/values/result.h"
#include "projections/store/view_store.h"
#include "query/access.h"
#include "query/list/list.h"
#include "query/list/render_list.h"
#include "query/list/shelf.h"

namespace contacts::query {

struct ListReading {
  std::shared_ptr<const List> list;
  Sequence position;               // at which the list is current
  std::optional<Sequence> parked;  // the record that the tenant waits at; nullopt: not parked
  int64_t epoch = kFirstEpoch;     // of the record at `position`
};

// Sizes are as of now, counts since the start.
struct ListCounts {
  size_t bytes = 0;        // kept on the shelf for all, as counted against the limit
  size_t large_bytes = 0;  // kept on the shelf for large lists
  size_t bytes_alive = 0;  // texts that the cache or a reader holds
  uint64_t evictions = 0;  // lists that went to make room
  uint64_t renderings = 0;
  uint64_t refusals = 0;  // readings refused because of what slow readers hold
};

// Any thread. Callers that need one list at the same time wait for one rendering of it.
class ListCache {
 public:
  // `bytes`: the approximate limit of each of the two shelves (plain form and gzip).
  ListCache(const ViewStore& views, size_t bytes);

  // kUnavailable: the tenant's readers hold too much of earlier answers. Throws StoreFailure.
  Result<ListReading> Read(ListKind kind, const Asker& asker);
  // Bounded: nullopt when Read would read more than `most` bytes, or wait for a caller of Read.
  std::optional<Result<ListReading>> ReadQuickly(ListKind kind, const Asker& asker, size_t most);
  Result<std::shared_ptr<TextLedger>> LedgerFor(const TenantId& tenant);  // of texts not kept
  void Forget(const TenantId& tenant);  // somebody was erased: lets go of all its lists
  ListCounts counts() const;

 private:
  using Entry = std::shared_ptr<KeptList>;
  // An asker's last reading; the asker gets it again while the version stamp is `version`.
  struct LastReading {
    uint64_t version;
    Entry entry;
    ListReading reading;  // without the list
  };

  // Lists that are let go when mutex_ is free again, since freeing a large one takes time.
  class DeferredFree {
   public:
    ~DeferredFree();
    // `next`: the kept list that shares parts with it; nullptr: none.
    void Add(std::shared_ptr<const List> list, std::shared_ptr<const List> next) {
      lists_.emplace_back(std::move(list), std::move(next));
    }

   private:
    std::vector<std::pair<std::shared_ptr<const List>, std::shared_ptr<const List>>> lists_;
  };

  std::optional<ListReading> SameAsLastTime(const std::string& asker,
                                            std::optional<uint64_t> version);
  void Remember(const std::string& asker, std::optional<uint64_t> version, const Entry& entry,
                const ListReading& reading);
  Entry Find(ListKind kind, const Asker& asker, const Viewer& viewer, uint64_t generation,
             std::shared_ptr<const List>* list);
  enum class Refreshed { kDone, kChanged, kTakesLong, kRefused };
  Refreshed Refresh(const Entry& entry, ListKind kind, const Asker& asker, const Viewer& viewer,
                    uint64_t generation, size_t most, ListReading* reading);
  Refreshed Render(const Entry& entry, const ViewReader& snapshot, ListKind kind,
                   const AccessSnapshot& access, size_t most, std::shared_ptr<const List>* list);
  // With mutex_ held:
  std::shared_ptr<TextLedger> LedgerOf(const std::string& tenant);
  void Keep(const Entry& entry, std::shared_ptr<const List> list,
            const std::shared_ptr<const List>& before, DeferredFree* gone);
  void PutOn(Shelf& shelf, const Entry& entry, DeferredFree* gone);

  const ViewStore& views_;
  const size_t share_;  // one tenant's, in bytes
  const std::shared_ptr<std::atomic<size_t>> bytes_alive_ =
      std::make_shared<std::atomic<size_t>>(0);
  mutable std::mutex mutex_;
  Shelf shelf_;
  Shelf large_;
  std::unordered_map<std::string_view, Entry> by_key_;  // all entries on the shelves
  std::unordered_map<std::string, LastReading> last_readings_;
  std::unordered_map<std::string, std::weak_ptr<TextLedger>> ledgers_;
  size_t sweep_ledgers_at_ = 64;
  uint64_t evictions_ = 0;
  uint64_t renderings_ = 0;
  uint64_t refusals_ = 0;
};

}  // namespace contacts::query
