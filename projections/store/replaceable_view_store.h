// A view store that stands before the one in use, so that all who hold it go on with another one
// when the one in use is replaced: by views that were made anew beside it, say.
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

// A store is closed when it has been replaced and the last call, scan or snapshot that uses it is
// over, by whoever ends that.
class ReplaceableViewStore : public ViewStore {
 public:
  explicit ReplaceableViewStore(std::shared_ptr<ViewStore> first);

  std::optional<std::string> Get(View view, std::string_view key) const override;
  // A scan goes on in the store that it began in, and keeps that store open.
  void Scan(View view, std::string_view from, std::string_view to,
            const Visit& visit) const override;
  // A snapshot keeps its store open.
  std::unique_ptr<ViewReader> Snapshot() const override;

  // Every read and every batch that begins after it has returned goes to `next`, and each batch
  // goes to one of the two stores, whole. Reads are held up for microseconds, new batches until
  // those under way are written. Every version ends, and so does the generation. Nobody may write
  // to `next` but through this store from now on.
  //
  // False: `next` does not stand where the store in use does (their checkpoints differ), and
  // nothing was changed: a projector at work would go on from a place that `next` does not have.
  // That the rows of `next` are those of its place is the caller's promise. Throws StoreFailure;
  // then nothing was changed, either.
  [[nodiscard]] bool Replace(std::shared_ptr<ViewStore> next);

 private:
  void Commit(const ViewBatch& batch) override;
  std::shared_ptr<ViewStore> Current() const;

  // The store in use, in as many places as there may be readers at once without one waiting for the
  // other. Each place has a count of users of its own.
  struct alignas(64) Place {
    mutable std::mutex mutex;
    std::shared_ptr<ViewStore> store;
  };
  static constexpr size_t kPlaces = 16;
  using Shares = std::array<std::shared_ptr<ViewStore>, kPlaces>;
  static Shares SharesOf(const std::shared_ptr<ViewStore>& store);
  std::array<Place, kPlaces> places_;

  std::mutex turn_;            // passed by each batch, held by Replace: no batch overtakes it
  std::shared_mutex writing_;  // shared by the batches that are being written
};

}  // namespace contacts
