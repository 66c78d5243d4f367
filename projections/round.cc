#include "projections/round.h"

namespace contacts {

std::optional<std::string> Round::Get(View view, const std::string& key) const {
  const auto changed = changes_.find({view, key});
  return changed != changes_.end() ? changed->second : views_.Get(view, key);
}

void Round::Put(View view, const std::string& key, std::string value) {
  changes_.insert_or_assign({view, key}, std::move(value));
}

void Round::Erase(View view, const std::string& key) {
  changes_.insert_or_assign({view, key}, std::nullopt);
}

void Round::Commit() {
  ViewBatch batch;
  for (auto& [key, value] : changes_) {
    if (value) {
      batch.Put(key.first, key.second, *std::move(value));
    } else {
      batch.Erase(key.first, key.second);
    }
  }
  changes_.clear();
  if (!batch.empty()) views_.Write(batch);
}

void Round::Unreadable(View view) {
  throw StoreFailure(std::string("a row of the view ") + NameOf(view) + " does not read");
}

}  // namespace contacts
