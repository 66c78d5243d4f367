// A view store that keeps batches in memory, over rows that do not change: for reading what the log
// has beyond the views, when their disk cannot or must not be written.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "projections/store/view_store.h"

namespace contacts {

class OverlayViewStore : public ViewStore {
 public:
  // `below` must not be written. A batch with which this would keep more than `max_bytes` throws
  // StoreFailure and changes nothing.
  explicit OverlayViewStore(std::unique_ptr<ViewStore> below, size_t max_bytes = 64 << 20);

  std::optional<std::string> Get(View view, std::string_view key) const override;
  void Scan(View view, std::string_view from, std::string_view to,
            const Visit& visit) const override;
  std::unique_ptr<ViewReader> Snapshot() const override;

 private:
  // nullopt: the row below is gone.
  using Rows = std::map<std::string, std::optional<std::string>, std::less<>>;
  using Changed = std::array<Rows, kViews>;
  class Frozen;

  void Commit(const ViewBatch& batch) override;

  const std::unique_ptr<ViewStore> below_;
  const size_t max_bytes_;
  mutable std::mutex mutex_;
  std::shared_ptr<Changed> changed_;  // copied before a batch while a reader holds it
  size_t bytes_ = 0;
};

}  // namespace contacts
