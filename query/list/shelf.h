// Kept lists in the order of their use, within a limit of bytes: an LRU that is fair to tenants. To
// make room for a list of a tenant that holds more than its share, that tenant's own lists go
// first, so that one tenant's lists never evict the others'.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "query/list/list.h"

namespace contacts::query {

class Shelf;

// The list of one tenant, kind and viewer, from the first read of it until it is let go. The mutex
// of the cache guards all members that are not const.
struct KeptList {
  KeptList(std::string of_tenant, std::string unique_key, std::shared_ptr<TextLedger> counts)
      : tenant(std::move(of_tenant)), key(std::move(unique_key)), ledger(std::move(counts)) {}

  const std::string tenant;
  const std::string key;
  const std::shared_ptr<TextLedger> ledger;
  std::shared_ptr<const List> list;  // nullptr: not rendered yet, or let go
  size_t cost = 0;                   // in bytes
  Shelf* shelf = nullptr;            // nullptr: it was let go
  bool is_forgotten = false;         // somebody in it was erased: what is rendered now is not kept

  // The turn to render it (rendering_turn.h).
  bool is_rendered_now = false;
  int unbounded_waiters = 0;   // unbounded callers that wait for the turn or have it
  size_t known_too_large = 0;  // a budget that did not suffice: callers with no more need not try
  std::condition_variable turn_ended;

 private:
  friend class Shelf;
  struct Share {  // what one tenant has on a shelf
    size_t bytes = 0;
    std::list<KeptList*> lists;  // most recently used first
  };
  std::list<std::shared_ptr<KeptList>>::iterator place;
  std::list<KeptList*>::iterator place_in_share;
  Share* share = nullptr;
};

// Not thread safe: the mutex of the cache guards it.
class Shelf {
 public:
  // kStays: the list used last stays even if it alone exceeds the limit.
  enum class LastUsed { kMayGo, kStays };
  Shelf(size_t limit, size_t share, LastUsed last_used)
      : limit_(limit), share_(share), last_used_(last_used) {}

  // `kept` becomes the one used last. It must not be on a shelf.
  void Add(std::shared_ptr<KeptList> kept);
  // `kept` must be on this shelf; it may be destroyed.
  void Remove(KeptList& kept);
  // `kept`, which must be on this shelf, becomes the one used last.
  void Use(KeptList& kept);

  // The list that must go next to make room for `newest`, which was used last; nullptr: none.
  std::shared_ptr<KeptList> MustGo(const KeptList& newest) const;

  size_t bytes() const { return bytes_; }
  size_t size() const { return lists_.size(); }

 private:
  const size_t limit_;
  const size_t share_;
  const LastUsed last_used_;
  size_t bytes_ = 0;
  std::list<std::shared_ptr<KeptList>> lists_;  // most recently used first
  std::unordered_map<std::string, KeptList::Share> shares_;
};

}  // namespace contacts::query
