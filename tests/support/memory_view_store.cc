#include "tests/support/memory_view_store.h"

#include <utility>

namespace contacts {

class MemoryViewStore::Frozen : public ViewReader {
 public:
  Frozen(std::mutex& mutex, Shared views) : mutex_(mutex), views_(std::move(views)) {}
  // Takes the lock, so that all reads happen before a writer that finds itself the only holder.
  ~Frozen() override {
    const std::lock_guard lock(mutex_);
    views_ = {};
  }

  std::optional<std::string> Get(View view, std::string_view key) const override {
    return Find(*views_[static_cast<size_t>(view)], key);
  }
  void Scan(View view, std::string_view from, std::string_view to,
            const Visit& visit) const override {
    const Rows& rows = *views_[static_cast<size_t>(view)];
    for (auto row = rows.lower_bound(from); row != rows.end(); ++row) {
      if (!to.empty() && row->first >= to) return;
      if (!visit(row->first, row->second)) return;
    }
  }

  static std::optional<std::string> Find(const Rows& rows, std::string_view key) {
    const auto row = rows.find(key);
    if (row == rows.end()) return std::nullopt;
    return row->second;
  }

 private:
  std::mutex& mutex_;
  Shared views_;
};

MemoryViewStore::MemoryViewStore() {
  for (auto& rows : views_) rows = std::make_shared<Rows>();
}

std::optional<std::string> MemoryViewStore::Get(View view, std::string_view key) const {
  const std::lock_guard lock(mutex_);
  return Frozen::Find(*views_[static_cast<size_t>(view)], key);
}

// Holds no lock, because `visit` may read the store and other threads may change it meanwhile.
void MemoryViewStore::Scan(View view, std::string_view from, std::string_view to,
                           const Visit& visit) const {
  Snapshot()->Scan(view, from, to, visit);
}

void MemoryViewStore::Commit(const ViewBatch& batch) {
  const std::lock_guard lock(mutex_);
  for (const ViewBatch::Change& change : batch.changes()) {
    std::shared_ptr<Rows>& rows = views_[static_cast<size_t>(change.view)];
    if (rows.use_count() > 1) rows = std::make_shared<Rows>(*rows);
    if (change.value) {
      rows->insert_or_assign(change.key, *change.value);
    } else {
      rows->erase(change.key);
    }
  }
}

std::unique_ptr<ViewReader> MemoryViewStore::Snapshot() const {
  const std::lock_guard lock(mutex_);
  return std::make_unique<Frozen>(mutex_, views_);
}

}  // namespace contacts
