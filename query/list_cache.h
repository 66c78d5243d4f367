// Keeps rendered lists, so that one change renders one part again and an unchanged list costs a
// lookup. What it hands out is never older than the tenant's position at the call: a list is true
// for as long as the tenant's row names the same newest change, and the row is not looked at again
// as long as nothing of the tenant was written (ViewStore::Version).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "projections/view_store.h"
#include "query/access.h"
#include "query/list.h"

namespace contacts::query {

struct ListReading {
  std::shared_ptr<const List> list;
  Sequence position;               // the list is that of this position
  std::optional<Sequence> parked;  // the record that the tenant waits at; nullopt: it does not
};

// Any thread. Callers that need the same list at the same time wait for one rendering of it.
class ListCache {
 public:
  // At most about `bytes` are kept (plain form and gzip); the lists unused for longest go first.
  ListCache(const ViewStore& views, size_t bytes) : views_(views), limit_(bytes) {}

  // Throws StoreFailure.
  ListReading Read(ListKind kind, const Asker& asker);
  // The same for who must not be held up; nullopt: more than `most` parts would have to be
  // rendered, or another caller is doing that just now.
  std::optional<ListReading> ReadQuickly(ListKind kind, const Asker& asker, size_t most);

  // What is kept now, in bytes as they are counted against the limit.
  size_t bytes() const;

 private:
  struct Entry;
  using Entries = std::list<std::shared_ptr<Entry>>;
  struct Entry {
    std::string key;
    Entries::iterator place;           // guarded by mutex_; while it is kept
    size_t cost = 0;                   // guarded by mutex_
    std::shared_ptr<const List> list;  // guarded by mutex_
    bool kept = true;                  // guarded by mutex_; false: it was let go
    std::mutex refresh;                // held by the one caller that renders it
    std::atomic<int> patient{0};       // callers that render it however long it takes
  };
  // What an asker was given last: the same again while the version is the same.
  struct Given {
    uint64_t version;
    std::shared_ptr<Entry> entry;
    Sequence position;
    std::optional<Sequence> parked;
  };

  std::optional<ListReading> GivenBefore(const std::string& asker, std::optional<uint64_t> version);
  void Note(const std::string& asker, std::optional<uint64_t> version,
            const std::shared_ptr<Entry>& entry, const ListReading& reading);
  std::shared_ptr<Entry> Find(ListKind kind, const Asker& asker, const Viewer& viewer,
                              std::shared_ptr<const List>* list);
  enum class Refreshed { kDone, kViewerChanged, kTakesLong };
  Refreshed Refresh(Entry& entry, ListKind kind, const Asker& asker, const Viewer& viewer,
                    size_t most, ListReading* reading);
  void Keep(Entry& entry, std::shared_ptr<const List> list);
  void Shrink();

  const ViewStore& views_;
  const size_t limit_;
  mutable std::mutex mutex_;
  Entries entries_;  // the last used first
  std::unordered_map<std::string_view, Entries::iterator> by_key_;
  size_t bytes_ = 0;
  std::unordered_map<std::string, Given> given_;
};

}  // namespace contacts::query
