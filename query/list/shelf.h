// Kept lists in the order of their use, within a limit of bytes: LRU, and fair to tenants. When
// room is needed for a list of a tenant that holds more than its share, that tenant's own lists go
// first, so that one tenant's lists never drive out the others'.
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

// A list of one tenant, kind and viewer, from its first asking until it is let go. The mutex of the
// cache guards all that is not const.
struct KeptList {
  KeptList(std::string of_tenant, std::string unique_key, std::shared_ptr<TextLedger> counts)
      : tenant(std::move(of_tenant)), key(std::move(unique_key)), ledger(std::move(counts)) {}

  const std::string tenant;
  const std::string key;
  const std::shared_ptr<TextLedger> ledger;
  std::shared_ptr<const List> list;  // nullptr: not rendered yet, or let go
  size_t cost = 0;                   // in bytes
  Shelf* shelf = nullptr;            // nullptr: it was let go

  // Whose turn it is to render it (rendering_turn.h).
  bool is_rendered_now = false;
  int unbounded_waiters = 0;   // callers that render it however long it takes
  size_t known_too_large = 0;  // who may read no more than so much need not try: it did not suffice
  std::condition_variable turn_ended;

 private:
  friend class Shelf;
  struct Share {  // what one tenant has on a shelf
    size_t bytes = 0;
    std::list<KeptList*> lists;  // the last used first
  };
  std::list<std::shared_ptr<KeptList>>::iterator place;
  std::list<KeptList*>::iterator place_in_share;
  Share* share = nullptr;
};

// Not thread safe: the mutex of the cache guards it.
class Shelf {
 public:
  enum class LastUsed { kMayGo, kStays };  // kStays: whatever its size
  Shelf(size_t limit, size_t share, LastUsed last_used)
      : limit_(limit), share_(share), last_used_(last_used) {}

  // As the one used last. It must be on no shelf.
  void Add(std::shared_ptr<KeptList> kept);
  void Remove(KeptList& kept);
  void Use(KeptList& kept);

  // What must go next for the sake of `newest`, which was used last; nullptr: nothing.
  std::shared_ptr<KeptList> MustGo(const KeptList& newest) const;

  size_t bytes() const { return bytes_; }

 private:
  const size_t limit_;
  const size_t share_;
  const LastUsed last_used_;
  size_t bytes_ = 0;
  std::list<std::shared_ptr<KeptList>> lists_;  // the last used first
  std::unordered_map<std::string, KeptList::Share> shares_;
};

}  // namespace contacts::query
