#include "projections/store/round.h"

#include <functional>
#include <set>

#include "events/values/invariant.h"

namespace contacts {

size_t Round::HashOfKey::operator()(const Key& key) const {
  return std::hash<std::string_view>()(key.second) + static_cast<size_t>(key.first);
}

std::optional<std::string> Round::Get(View view, const std::string& key) const {
  const ViewBatch::Change* const changed = Find(view, key);
  return changed != nullptr ? changed->value : views_.Get(view, key);
}

// Few rounds erase somebody, so the whole batch may be looked through.
std::vector<std::string> Round::Keys(View view, const std::string& from,
                                     const std::string& to) const {
  std::set<std::string> keys;
  views_.Scan(view, from, to, [&](std::string_view key, std::string_view) {
    keys.emplace(key);
    return true;
  });
  for (const ViewBatch::Change& change : batch_.changes()) {
    if (change.view != view || change.key < from || change.key >= to) continue;
    if (change.value) {
      keys.insert(change.key);
    } else {
      keys.erase(change.key);
    }
  }
  return {keys.begin(), keys.end()};
}

void Round::Put(View view, const std::string& key, std::string value) {
  Set(view, key, std::move(value));
}

void Round::Erase(View view, const std::string& key) { Set(view, key, std::nullopt); }

// A row that is read and written several times is in the batch once.
void Round::Set(View view, const std::string& key, std::optional<std::string> value) {
  CONTACTS_INVARIANT(!is_committed_);
  const auto known = index_.empty() ? index_.end() : index_.find({view, key});
  if (known != index_.end()) {
    known->second->value = std::move(value);
  } else {
    batch_.Add({view, key, std::move(value)});
  }
}

ViewBatch::Change* Round::Find(View view, std::string_view key) const {
  auto& changes = batch_.changes();
  for (; indexed_ < changes.size(); ++indexed_) {
    ViewBatch::Change& change = changes[indexed_];
    index_.insert_or_assign({change.view, change.key}, &change);
  }
  const auto found = index_.find({view, key});
  return found == index_.end() ? nullptr : found->second;
}

void Round::Commit() {
  CONTACTS_INVARIANT(!is_committed_);
  is_committed_ = true;
  if (!batch_.empty()) views_.Write(batch_);
}

void Round::Unreadable(View view) {
  throw StoreFailure(std::string("a row of the view ") + NameOf(view) + " does not read");
}

}  // namespace contacts
