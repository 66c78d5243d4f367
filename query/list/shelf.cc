#include "query/list/shelf.h"

#include <utility>

#include "events/values/invariant.h"

namespace contacts::query {

void Shelf::Add(std::shared_ptr<KeptList> kept) {
  KeptList& list = *kept;
  CONTACTS_INVARIANT(list.shelf == nullptr);
  list.share = &shares_[list.tenant];
  list.share->bytes += list.cost;
  list.place_in_share = list.share->lists.insert(list.share->lists.begin(), &list);
  bytes_ += list.cost;
  list.place = lists_.insert(lists_.begin(), std::move(kept));
  list.shelf = this;
}

void Shelf::Remove(KeptList& kept) {
  CONTACTS_INVARIANT(kept.shelf == this && kept.share->bytes >= kept.cost && bytes_ >= kept.cost);
  bytes_ -= kept.cost;
  kept.shelf = nullptr;
  kept.share->bytes -= kept.cost;
  kept.share->lists.erase(kept.place_in_share);
  if (kept.share->lists.empty()) {
    CONTACTS_INVARIANT(kept.share->bytes == 0);
    shares_.erase(kept.tenant);
  }
  kept.share = nullptr;
  lists_.erase(kept.place);  // last, because `kept` may have no other owner
  CONTACTS_INVARIANT(!lists_.empty() || (bytes_ == 0 && shares_.empty()));
}

void Shelf::Use(KeptList& kept) {
  CONTACTS_INVARIANT(kept.shelf == this);
  lists_.splice(lists_.begin(), lists_, kept.place);
  std::list<KeptList*>& of_tenant = kept.share->lists;
  of_tenant.splice(of_tenant.begin(), of_tenant, kept.place_in_share);
}

std::shared_ptr<KeptList> Shelf::MustGo(const KeptList& newest) const {
  if (bytes_ <= limit_ || lists_.empty()) return nullptr;
  if (last_used_ == LastUsed::kStays && lists_.size() == 1) return nullptr;
  const auto share = shares_.find(newest.tenant);
  const bool over_share =
      share != shares_.end() && share->second.bytes > share_ && share->second.lists.size() > 1;
  return over_share ? *share->second.lists.back()->place : lists_.back();
}

}  // namespace contacts::query
