#include "projections/store/overlay_view_store.h"

#include <utility>

namespace contacts {
namespace {

constexpr size_t kBytesOfARow = 128;  // taken by the map and two strings besides the bytes

}  // namespace

class OverlayViewStore::Frozen : public ViewReader {
 public:
  explicit Frozen(const OverlayViewStore& store) : store_(store), below_(*store.below_) {
    const std::lock_guard lock(store_.mutex_);
    changed_ = store_.changed_;
  }
  // Takes the lock, so that all reads happen before a writer that finds itself the only holder.
  ~Frozen() override {
    const std::lock_guard lock(store_.mutex_);
    changed_.reset();
  }
  Frozen(const Frozen&) = delete;
  Frozen& operator=(const Frozen&) = delete;

  std::optional<std::string> Get(View view, std::string_view key) const override {
    const Rows& rows = (*changed_)[static_cast<size_t>(view)];
    const auto row = rows.find(key);
    return row != rows.end() ? row->second : below_.Get(view, key);
  }

  void Scan(View view, std::string_view from, std::string_view to,
            const Visit& visit) const override {
    const Rows& rows = (*changed_)[static_cast<size_t>(view)];
    auto row = rows.lower_bound(from);
    const auto end = to.empty() ? rows.end() : rows.lower_bound(to);
    bool more = to.empty() || from < to;
    const auto pass = [&] {
      if (row->second) more = visit(row->first, *row->second);
      ++row;
    };
    if (!more) return;
    below_.Scan(view, from, to, [&](std::string_view key, std::string_view value) {
      while (more && row != end && row->first < key) pass();
      if (!more) return false;
      if (row != end && row->first == key) {
        pass();
      } else {
        more = visit(key, value);
      }
      return more;
    });
    while (more && row != end) pass();
  }

 private:
  const OverlayViewStore& store_;
  const ViewStore& below_;
  std::shared_ptr<const Changed> changed_;
};

OverlayViewStore::OverlayViewStore(std::unique_ptr<ViewStore> below, size_t max_bytes)
    : below_(std::move(below)), max_bytes_(max_bytes), changed_(std::make_shared<Changed>()) {}

std::optional<std::string> OverlayViewStore::Get(View view, std::string_view key) const {
  return Frozen(*this).Get(view, key);
}

void OverlayViewStore::Scan(View view, std::string_view from, std::string_view to,
                            const Visit& visit) const {
  Frozen(*this).Scan(view, from, to, visit);
}

std::unique_ptr<ViewReader> OverlayViewStore::Snapshot() const {
  return std::make_unique<Frozen>(*this);
}

void OverlayViewStore::Commit(const ViewBatch& batch) {
  size_t bytes = 0;
  for (const ViewBatch::Change& change : batch.changes()) {
    bytes += kBytesOfARow + change.key.size() + (change.value ? change.value->size() : 0);
  }
  const std::lock_guard lock(mutex_);
  if (bytes_ + bytes > max_bytes_) {
    throw StoreFailure("more of the log is to be applied than fits into memory");
  }
  bytes_ += bytes;
  if (changed_.use_count() > 1) changed_ = std::make_shared<Changed>(*changed_);
  for (const ViewBatch::Change& change : batch.changes()) {
    (*changed_)[static_cast<size_t>(change.view)].insert_or_assign(change.key, change.value);
  }
}

}  // namespace contacts
