// A view store that passes all calls to the store in use, so that its holders go on with another
// store when that one is replaced, for example by views that were rebuilt next to it.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "projections/store/view_store.h"

namespace contacts {

// A replaced store is closed when the last call, scan or snapshot that uses it ends, by the thread
// that ends it.
class ReplaceableViewStore : public ViewStore {
 public:
  explicit ReplaceableViewStore(std::shared_ptr<ViewStore> first);

  std::optional<std::string> Get(View view, std::string_view key) const override;
  // A scan goes on in the store that it began in, and keeps that store open.
  void Scan(View view, std::string_view from, std::string_view to,
            const Visit& visit) const override;
  // A snapshot keeps its store open.
  std::unique_ptr<ViewReader> Snapshot() const override;

  // Every read and every batch that begins after this has returned goes to `next`, and each batch
  // goes whole to one of the two stores. Reads are held up for microseconds, new batches until the
  // batches under way are written. Every version and the generation end. From now on `next` may
  // only be written through this store.
  //
  // False: the checkpoints of `next` and of the store in use differ, and nothing was changed: a
  // projector at work would go on from a place that `next` does not have. The caller promises that
  // the rows of `next` are those of its checkpoints. Throws StoreFailure; nothing was changed then,
  // either.
  [[nodiscard]] bool Replace(std::shared_ptr<ViewStore> next);

 private:
  void Commit(const ViewBatch& batch) override;
  std::shared_ptr<ViewStore> Current() const;

  // The store in use, once in each place, so that up to kPlaces threads can read without waiting
  // for each other. Each place has a reference count of its own.
  struct alignas(64) Place {
    mutable std::mutex mutex;
    std::shared_ptr<ViewStore> store;
  };
  static constexpr size_t kPlaces = 16;
  using Shares = std::array<std::shared_ptr<ViewStore>, kPlaces>;
  static Shares SharesOf(const std::shared_ptr<ViewStore>& store);
  std::array<Place, kPlaces> places_;

  std::mutex turn_;            // each batch takes it briefly, Replace holds it: no batch overtakes
  std::shared_mutex writing_;  // shared by the batches that are being written
};

}  // namespace contacts
