#include "projections/memory_view_store.h"

#include <mutex>

namespace contacts {

std::optional<std::string> MemoryViewStore::Get(View view, std::string_view key) const {
  const std::shared_lock lock(mutex_);
  const Rows& rows = views_[static_cast<size_t>(view)];
  const auto row = rows.find(key);
  if (row == rows.end()) return std::nullopt;
  return row->second;
}

void MemoryViewStore::Scan(View view, std::string_view from, std::string_view to,
                           const Visit& visit) const {
  const std::shared_lock lock(mutex_);
  const Rows& rows = views_[static_cast<size_t>(view)];
  for (auto row = rows.lower_bound(from); row != rows.end(); ++row) {
    if (!to.empty() && row->first >= to) return;
    if (!visit(row->first, row->second)) return;
  }
}

void MemoryViewStore::Write(const ViewBatch& batch) {
  const std::unique_lock lock(mutex_);
  for (const ViewBatch::Change& change : batch.changes()) {
    Rows& rows = views_[static_cast<size_t>(change.view)];
    if (change.value) {
      rows.insert_or_assign(change.key, *change.value);
    } else {
      rows.erase(change.key);
    }
  }
}

std::unique_ptr<ViewReader> MemoryViewStore::Snapshot() const {
  const std::shared_lock lock(mutex_);
  auto copy = std::make_unique<MemoryViewStore>();
  copy->views_ = views_;
  return copy;
}

}  // namespace contacts
