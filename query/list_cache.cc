#include "query/list_cache.h"

#include <algorithm>
#include <utility>

namespace contacts::query {
namespace {

// What an entry costs beside its texts, roughly.
constexpr size_t kOverhead = 512;

// Who was given what is remembered of so many, some 200 bytes of each.
constexpr size_t kMaxGiven = 4096;

std::string KeyOf(ListKind kind, const TenantId& tenant) {
  // No tenant id holds a space.
  return (kind == ListKind::kContacts ? "c " : "m ") + tenant.value + " ";
}

std::string KeyOf(ListKind kind, const TenantId& tenant, const Viewer& viewer) {
  return KeyOf(kind, tenant) + viewer.Key();
}

// The same for whoever is the same viewer at each position.
std::string KeyOf(ListKind kind, const Asker& asker) {
  std::string key = KeyOf(kind, asker.tenant);
  if (RightsOf(asker.role).sees_all) return key += "all";
  return key += asker.contact_id ? std::to_string(asker.contact_id->value) : "-";
}

// One more, as long as it lives; nullptr: of nothing.
class Counted {
 public:
  explicit Counted(std::atomic<int>* count) : count_(count) {
    if (count_ != nullptr) ++*count_;
  }
  ~Counted() {
    if (count_ != nullptr) --*count_;
  }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::atomic<int>* const count_;
};

ListReading Reading(std::shared_ptr<const List> list, const TenantRow& tenant) {
  const Sequence position = std::max(tenant.applied, list->position);
  ListReading reading{std::move(list), position, std::nullopt};
  if (!tenant.parked.empty()) reading.parked = Next(tenant.applied);
  return reading;
}

}  // namespace

ListReading ListCache::Read(ListKind kind, const Asker& asker) {
  return *ReadQuickly(kind, asker, SIZE_MAX);
}

std::optional<ListReading> ListCache::ReadQuickly(ListKind kind, const Asker& asker, size_t most) {
  const std::string key = KeyOf(kind, asker);
  const std::optional<uint64_t> version = views_.Version(asker.tenant);
  if (auto reading = GivenBefore(key, version)) return reading;
  for (;;) {
    const Standing standing = StandingOf(views_, asker);
    std::shared_ptr<const List> list;
    const std::shared_ptr<Entry> entry = Find(kind, asker, standing.viewer, &list);
    ListReading reading;
    if (list && list->changed >= standing.tenant.contacts_changed) {
      // A newer list than the tenant's row is as good: by its position the viewer was the same, for
      // whose list would it be else.
      reading = Reading(std::move(list), standing.tenant);
    } else {
      const auto refreshed = Refresh(*entry, kind, asker, standing.viewer, most, &reading);
      if (refreshed == Refreshed::kTakesLong) return std::nullopt;
      // The viewer changed this moment: the next round sees it.
      if (refreshed == Refreshed::kViewerChanged) continue;
    }
    Note(key, version, entry, reading);
    return reading;
  }
}

std::optional<ListReading> ListCache::GivenBefore(const std::string& asker,
                                                  std::optional<uint64_t> version) {
  if (!version) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto found = given_.find(asker);
  if (found == given_.end() || found->second.version != *version) return std::nullopt;
  const Given& given = found->second;
  if (!given.entry->list) return std::nullopt;  // it was let go
  entries_.splice(entries_.begin(), entries_, given.entry->place);
  // The list may have become newer since the version was looked at.
  return ListReading{given.entry->list, std::max(given.position, given.entry->list->position),
                     given.parked};
}

void ListCache::Note(const std::string& asker, std::optional<uint64_t> version,
                     const std::shared_ptr<Entry>& entry, const ListReading& reading) {
  if (!version) return;
  const std::lock_guard lock(mutex_);
  if (given_.size() >= kMaxGiven) given_.clear();  // each is back with its next request
  given_.insert_or_assign(asker, Given{*version, entry, reading.position, reading.parked});
}

ListCache::Refreshed ListCache::Refresh(Entry& entry, ListKind kind, const Asker& asker,
                                        const Viewer& viewer, size_t most, ListReading* reading) {
  const bool is_patient = most == SIZE_MAX;
  const Counted counted(is_patient ? &entry.patient : nullptr);
  std::unique_lock rendering(entry.refresh, std::try_to_lock);
  if (!rendering.owns_lock()) {
    if (!is_patient && entry.patient > 0) return Refreshed::kTakesLong;
    rendering.lock();
  }
  // Taken under the lock, so no list of this entry is newer.
  const std::unique_ptr<ViewReader> snapshot = views_.Snapshot();
  const Standing standing = StandingIn(*snapshot, asker);
  if (standing.viewer != viewer) return Refreshed::kViewerChanged;
  std::shared_ptr<const List> list;
  {
    const std::lock_guard lock(mutex_);
    list = entry.list;
  }
  if (!list || list->changed != standing.tenant.contacts_changed) {
    list = RenderList(*snapshot, kind, asker.tenant, standing, list.get(), most);
    if (!list) return Refreshed::kTakesLong;
    Keep(entry, list);
  }
  *reading = Reading(std::move(list), standing.tenant);
  return Refreshed::kDone;
}

std::shared_ptr<ListCache::Entry> ListCache::Find(ListKind kind, const Asker& asker,
                                                  const Viewer& viewer,
                                                  std::shared_ptr<const List>* list) {
  std::string key = KeyOf(kind, asker.tenant, viewer);
  const std::lock_guard lock(mutex_);
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    *list = entries_.front()->list;
    return entries_.front();
  }
  auto entry = std::make_shared<Entry>();
  entry->cost = kOverhead + 2 * key.size();
  entry->key = std::move(key);
  entries_.push_front(entry);
  entry->place = entries_.begin();
  by_key_.emplace(entry->key, entry->place);
  bytes_ += entry->cost;
  Shrink();
  return entry;
}

void ListCache::Keep(Entry& entry, std::shared_ptr<const List> list) {
  const std::lock_guard lock(mutex_);
  if (!entry.kept) return;
  // The gzip form is made later and is hardly ever larger than the plain one.
  const size_t cost = kOverhead + 2 * entry.key.size() + 2 * list->bytes();
  bytes_ += cost - entry.cost;
  entry.cost = cost;
  entry.list = std::move(list);
  Shrink();
}

void ListCache::Shrink() {
  while (bytes_ > limit_ && !entries_.empty()) {
    const std::shared_ptr<Entry>& last = entries_.back();
    bytes_ -= last->cost;
    last->kept = false;
    last->list = nullptr;
    by_key_.erase(last->key);
    entries_.pop_back();
  }
}

size_t ListCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace contacts::query
