// The changes that pending records make to a tenant's contacts, users or tokens in the read models.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "events/model/subject.h"
#include "events/values/ids.h"

namespace contacts {

// `Model` is one of events/model/, with its IdOf and TakenName. One thread.
template <class Id, class Model>
class Overlay {
 public:
  // The record at `at` changed `before` to `after`; nullopt: the subject did not exist before, or
  // does not exist after.
  void Replace(Sequence at, const std::optional<Model>& before, std::optional<Model> after) {
    if (!before && !after) return;
    const Id id = IdOf(after ? *after : *before);
    const NameChange name = NameChangeOf(before, after);
    if (name.freed) names_.insert_or_assign(*name.freed, Named(at, std::nullopt));
    if (name.taken) names_.insert_or_assign(*name.taken, Named(at, id));
    auto& [changed, model] = models_[id];
    changed = at;
    model = std::move(after);
  }

  // nullptr: no pending record is about the subject, so the read models are right. Points to
  // nullopt: the subject does not exist any more. Valid until the next change, as all results here.
  const std::optional<Model>* Find(const Id& id) const { return FindIn(models_, id); }
  // The id that has the name. nullptr: no pending record is about the name. Points to nullopt: the
  // name is free again.
  const std::optional<Id>* FindName(const std::string& name) const { return FindIn(names_, name); }

  // Drops the changes up to `position`, because the read models now have them.
  void Settle(Sequence position) {
    const auto is_settled = [&](const auto& entry) { return entry.second.first <= position; };
    std::erase_if(models_, is_settled);
    std::erase_if(names_, is_settled);
  }

 private:
  using Named = std::pair<Sequence, std::optional<Id>>;

  template <class Map>
  static const typename Map::mapped_type::second_type* FindIn(const Map& map,
                                                              const typename Map::key_type& key) {
    const auto it = map.find(key);
    return it == map.end() ? nullptr : &it->second.second;
  }

  // Each value is stored with the position that changed it.
  std::map<Id, std::pair<Sequence, std::optional<Model>>> models_;
  std::map<std::string, Named> names_;
};

}  // namespace contacts
