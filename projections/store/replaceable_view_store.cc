#include "projections/store/replaceable_view_store.h"

#include <atomic>
#include <map>
#include <utility>

namespace contacts {
namespace {

class KeepingSnapshot : public ViewReader {
 public:
  explicit KeepingSnapshot(std::shared_ptr<const ViewStore> store)
      : store_(std::move(store)), snapshot_(store_->Snapshot()) {}

  std::optional<std::string> Get(View view, std::string_view key) const override {
    return snapshot_->Get(view, key);
  }
  void Scan(View view, std::string_view from, std::string_view to,
            const Visit& visit) const override {
    snapshot_->Scan(view, from, to, visit);
  }

 private:
  const std::shared_ptr<const ViewStore> store_;  // outlives the snapshot
  const std::unique_ptr<ViewReader> snapshot_;
};

std::map<std::string, std::string> Checkpoints(const ViewReader& views) {
  std::map<std::string, std::string> rows;
  views.Scan(View::kCheckpoints, "", "", [&](std::string_view key, std::string_view value) {
    rows.emplace(key, value);
    return true;
  });
  return rows;
}

size_t NumberOfThisThread() {
  static std::atomic<size_t> threads{0};
  thread_local const size_t number = threads++;
  return number;
}

}  // namespace

ReplaceableViewStore::ReplaceableViewStore(std::shared_ptr<ViewStore> first) {
  Shares shares = SharesOf(first);
  for (size_t i = 0; i < kPlaces; ++i) places_[i].store = std::move(shares[i]);
}

std::shared_ptr<ViewStore> ReplaceableViewStore::Current() const {
  const Place& place = places_[NumberOfThisThread() % kPlaces];
  const std::lock_guard lock(place.mutex);
  return place.store;
}

// Each place has a reference count of its own, which holds one share of `store` for all its users.
ReplaceableViewStore::Shares ReplaceableViewStore::SharesOf(
    const std::shared_ptr<ViewStore>& store) {
  Shares shares;
  for (auto& share : shares) {
    share = {std::make_shared<std::shared_ptr<ViewStore>>(store), store.get()};
  }
  return shares;
}

std::optional<std::string> ReplaceableViewStore::Get(View view, std::string_view key) const {
  return Current()->Get(view, key);
}

void ReplaceableViewStore::Scan(View view, std::string_view from, std::string_view to,
                                const Visit& visit) const {
  Current()->Scan(view, from, to, visit);
}

std::unique_ptr<ViewReader> ReplaceableViewStore::Snapshot() const {
  return std::make_unique<KeepingSnapshot>(Current());
}

void ReplaceableViewStore::Commit(const ViewBatch& batch) {
  std::shared_lock<std::shared_mutex> writing;
  {
    const std::lock_guard turn(turn_);
    writing = std::shared_lock(writing_);
  }
  CommitTo(*Current(), batch);
}

bool ReplaceableViewStore::Replace(std::shared_ptr<ViewStore> next) {
  std::shared_ptr<ViewStore> before;  // released when the locks are free: closing it takes time
  const std::lock_guard turn(turn_);
  const std::lock_guard writing(writing_);
  before = Current();
  if (Checkpoints(*next) != Checkpoints(*before)) return false;
  Shares shares = SharesOf(next);  // may throw, so it comes before the first change
  // All places change together: no read uses the old store after another has used the new one.
  std::array<std::unique_lock<std::mutex>, kPlaces> reading;
  for (size_t i = 0; i < kPlaces; ++i) reading[i] = std::unique_lock(places_[i].mutex);
  ChangeAll([&] {
    for (size_t i = 0; i < kPlaces; ++i) places_[i].store.swap(shares[i]);
  });
  return true;
}

}  // namespace contacts
