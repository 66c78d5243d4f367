#include "query/list/list_cache.h"

#include <algorithm>
#include <utility>

#include "events/values/invariant.h"
#include "query/list/rendering_turn.h"

namespace contacts::query {
namespace {

// The rough cost of an entry besides its texts, in bytes.
constexpr size_t kOverhead = 512;

// The cache remembers the last reading of at most this many askers, about 200 bytes each.
constexpr size_t kMaxLastReadings = 4096;

// A tenant's share is the limit divided by this.
constexpr size_t kShares = 4;

// After this time slow readers may have received the lists that they hold.
constexpr int kRetrySeconds = 2;

size_t CostOf(const KeptList& kept) {
  // The gzip form is made later and is hardly ever larger than the plain one.
  return kOverhead + 2 * kept.key.size() + (kept.list ? 2 * kept.list->bytes() : 0);
}

std::string KeyOf(ListKind kind, const TenantId& tenant) {
  // Tenant ids hold no space.
  return (kind == ListKind::kContacts ? "c " : "m ") + tenant.value + " ";
}

// Lists of a replaced store have other keys, which no caller looks up again.
std::string KeyOf(ListKind kind, const TenantId& tenant, const Viewer& viewer,
                  uint64_t generation) {
  return KeyOf(kind, tenant) + std::to_string(generation) + " " + viewer.Key();
}

// Askers that are the same viewer at each position have the same key.
std::string KeyOf(ListKind kind, const Asker& asker) {
  std::string key = KeyOf(kind, asker.tenant);
  if (RightsOf(asker.role).sees_all) return key += "all";
  return key += asker.contact_id ? std::to_string(asker.contact_id->value) : "-";
}

Error ReadersBehind() {
  return {ErrorCode::kUnavailable,
          "This tenant's readers have not taken earlier answers yet",
          {},
          kRetrySeconds};
}

ListReading Reading(std::shared_ptr<const List> list, const TenantRow& tenant) {
  const Sequence position = std::max(tenant.applied, list->position);
  return {std::move(list), position, ParkedAt(tenant), EpochOf(tenant.epochs, position)};
}

}  // namespace

ListCache::ListCache(const ViewStore& views, size_t bytes)
    : views_(views),
      share_(bytes / kShares),
      shelf_(bytes, share_, Shelf::LastUsed::kMayGo),
      large_(bytes, share_, Shelf::LastUsed::kStays) {}

Result<ListReading> ListCache::Read(ListKind kind, const Asker& asker) {
  return *ReadQuickly(kind, asker, ByteBudget::kNoLimit);
}

std::optional<Result<ListReading>> ListCache::ReadQuickly(ListKind kind, const Asker& asker,
                                                          size_t most) {
  const std::string key = KeyOf(kind, asker);
  const std::optional<uint64_t> version = views_.VersionStamp(asker.tenant);
  if (auto reading = SameAsLastTime(key, version)) return *std::move(reading);
  for (;;) {
    const uint64_t generation = views_.Generation();
    const AccessSnapshot access = AccessSnapshotOf(views_, asker);
    std::shared_ptr<const List> list;
    const Entry entry = Find(kind, asker, access.viewer, generation, &list);
    ListReading reading;
    if (list && list->version >= VersionOf(access.tenant) && views_.Generation() == generation) {
      // A list newer than the row we read is fine: the cache key contains the viewer, so it was
      // rendered for this viewer.
      reading = Reading(std::move(list), access.tenant);
    } else {
      const auto refreshed = Refresh(entry, kind, asker, access.viewer, generation, most, &reading);
      if (refreshed == Refreshed::kTakesLong) return std::nullopt;
      if (refreshed == Refreshed::kRefused) return ReadersBehind();
      // The viewer or the store changed at this moment: the next iteration sees it.
      if (refreshed == Refreshed::kChanged) continue;
    }
    Remember(key, version, entry, reading);
    return reading;
  }
}

std::optional<ListReading> ListCache::SameAsLastTime(const std::string& asker,
                                                     std::optional<uint64_t> version) {
  if (!version) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto found = last_readings_.find(asker);
  if (found == last_readings_.end() || found->second.version != *version) return std::nullopt;
  const LastReading& last = found->second;
  KeptList& kept = *last.entry;
  if (!kept.list) return std::nullopt;  // it was let go
  CONTACTS_INVARIANT(kept.shelf != nullptr);
  // The list may have become newer since the version stamp was read; its position is then read,
  // too.
  if (kept.list->position > last.reading.position) return std::nullopt;
  kept.shelf->Use(kept);
  ListReading reading = last.reading;
  reading.list = kept.list;
  return reading;
}

void ListCache::Remember(const std::string& asker, std::optional<uint64_t> version,
                         const Entry& entry, const ListReading& reading) {
  if (!version) return;
  const std::lock_guard lock(mutex_);
  // Each asker that still reads is remembered again with its next request.
  if (last_readings_.size() >= kMaxLastReadings) last_readings_.clear();
  ListReading without_list = reading;
  without_list.list = nullptr;
  last_readings_.insert_or_assign(asker, LastReading{*version, entry, std::move(without_list)});
}

ListCache::Refreshed ListCache::Refresh(const Entry& entry, ListKind kind, const Asker& asker,
                                        const Viewer& viewer, uint64_t generation, size_t most,
                                        ListReading* reading) {
  const RenderingTurn turn(mutex_, *entry, most);
  if (!turn.is_mine()) return Refreshed::kTakesLong;
  // The snapshot is taken in this turn, so no list of this entry is newer.
  const std::unique_ptr<ViewReader> snapshot = views_.Snapshot();
  const AccessSnapshot access = AccessSnapshotIn(*snapshot, asker);
  if (access.viewer != viewer || views_.Generation() != generation) return Refreshed::kChanged;
  std::shared_ptr<const List> list;
  {
    const std::lock_guard lock(mutex_);
    list = entry->list;
  }
  if (!list || list->version != VersionOf(access.tenant)) {
    const Refreshed rendered = Render(entry, *snapshot, kind, access, most, &list);
    if (rendered != Refreshed::kDone) return rendered;
  }
  *reading = Reading(std::move(list), access.tenant);
  return Refreshed::kDone;
}

// `list`: the kept list (nullptr: none yet); then the rendered one.
ListCache::Refreshed ListCache::Render(const Entry& entry, const ViewReader& snapshot,
                                       ListKind kind, const AccessSnapshot& access, size_t most,
                                       std::shared_ptr<const List>* list) {
  const TenantId tenant{entry->tenant};
  if (!LedgerFor(tenant)) return Refreshed::kRefused;
  auto rendered = RenderList(snapshot, kind, tenant, access, list->get(), most, entry->ledger);
  const std::shared_ptr<const List> before = std::move(*list);
  DeferredFree gone;
  const std::lock_guard lock(mutex_);
  if (!rendered) {
    entry->known_too_large = std::max(entry->known_too_large, most);
    return Refreshed::kTakesLong;
  }
  ++renderings_;
  *list = rendered;
  Keep(entry, std::move(rendered), before, &gone);
  return Refreshed::kDone;
}

ListCache::Entry ListCache::Find(ListKind kind, const Asker& asker, const Viewer& viewer,
                                 uint64_t generation, std::shared_ptr<const List>* list) {
  std::string key = KeyOf(kind, asker.tenant, viewer, generation);
  DeferredFree gone;
  const std::lock_guard lock(mutex_);
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    const Entry& entry = found->second;
    entry->shelf->Use(*entry);
    *list = entry->list;
    return entry;
  }
  auto entry =
      std::make_shared<KeptList>(asker.tenant.value, std::move(key), LedgerOf(asker.tenant.value));
  entry->cost = CostOf(*entry);
  PutOn(shelf_, entry, &gone);
  return entry;
}

std::shared_ptr<TextLedger> ListCache::LedgerOf(const std::string& tenant) {
  std::weak_ptr<TextLedger>& known = ledgers_[tenant];
  if (auto ledger = known.lock()) return ledger;
  auto ledger = std::make_shared<TextLedger>(bytes_alive_);
  known = ledger;
  if (ledgers_.size() >= sweep_ledgers_at_) {
    std::erase_if(ledgers_, [](const auto& each) { return each.second.expired(); });
    sweep_ledgers_at_ = std::max<size_t>(64, 2 * ledgers_.size());
  }
  return ledger;
}

Result<std::shared_ptr<TextLedger>> ListCache::LedgerFor(const TenantId& tenant) {
  const std::lock_guard lock(mutex_);
  auto ledger = LedgerOf(tenant.value);
  if (ledger->let_go() <= std::max(share_, ledger->largest_cost())) return ledger;
  ++refusals_;
  return ReadersBehind();
}

void ListCache::Keep(const Entry& entry, std::shared_ptr<const List> list,
                     const std::shared_ptr<const List>& before, DeferredFree* gone) {
  CONTACTS_INVARIANT(entry->is_rendered_now && !list->plain().empty());
  CONTACTS_INVARIANT(!before || before->position <= list->position);
  // Only the caller that has the turn changes the list, and eviction lets it go.
  CONTACTS_INVARIANT(entry->list == (entry->shelf == nullptr ? nullptr : before));
  entry->known_too_large = 0;
  if (entry->shelf == nullptr) {
    // The entry was let go while this caller rendered it. The parts that the new list shares with
    // `before` count as let go already, and another entry may have the key by now.
    if (before || entry->is_forgotten || by_key_.contains(entry->key))
      return gone->Add(std::move(list), nullptr);
  } else {
    if (before) gone->Add(before, list);
    entry->shelf->Remove(*entry);
  }
  entry->list = std::move(list);
  entry->cost = CostOf(*entry);
  entry->ledger->NoteCost(entry->cost);
  PutOn(entry->cost > share_ ? large_ : shelf_, entry, gone);
}

void ListCache::PutOn(Shelf& shelf, const Entry& entry, DeferredFree* gone) {
  shelf.Add(entry);
  by_key_.emplace(entry->key, entry);
  while (const Entry last = shelf.MustGo(*entry)) {
    by_key_.erase(last->key);
    shelf.Remove(*last);
    if (!last->list) continue;
    gone->Add(std::move(last->list), nullptr);
    last->list = nullptr;
    ++evictions_;
  }
  CONTACTS_INVARIANT(by_key_.size() == shelf_.size() + large_.size());
}

// Otherwise they would stay in memory until they are read again or make room.
void ListCache::Forget(const TenantId& tenant) {
  DeferredFree gone;
  const std::lock_guard lock(mutex_);
  for (auto it = by_key_.begin(); it != by_key_.end();) {
    const Entry entry = it->second;  // the key of the map points into it
    if (entry->tenant != tenant.value) {
      ++it;
      continue;
    }
    it = by_key_.erase(it);
    entry->shelf->Remove(*entry);
    if (entry->list) gone.Add(std::move(entry->list), nullptr);
    entry->list = nullptr;
    entry->is_forgotten = true;
  }
}

ListCache::DeferredFree::~DeferredFree() {
  for (const auto& [list, next] : lists_) list->LetGo(next.get());
}

ListCounts ListCache::counts() const {
  const std::lock_guard lock(mutex_);
  return {shelf_.bytes(), large_.bytes(), *bytes_alive_, evictions_, renderings_, refusals_};
}

}  // namespace contacts::query
