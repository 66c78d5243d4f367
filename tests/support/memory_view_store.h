// A view store in ordered maps: for the simulation and for tests. Nothing survives the process.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>

#include "projections/store/view_store.h"

namespace contacts {

class MemoryViewStore : public ViewStore {
 public:
  MemoryViewStore();
  std::optional<std::string> Get(View view, std::string_view key) const override;
  void Scan(View view, std::string_view from, std::string_view to,
            const Visit& visit) const override;
  std::unique_ptr<ViewReader> Snapshot() const override;

 protected:
  void Commit(const ViewBatch& batch) override;

 private:
  using Rows = std::map<std::string, std::string, std::less<>>;
  // Shared with snapshots; a change copies the rows while snapshots hold them.
  using Shared = std::array<std::shared_ptr<Rows>, kViews>;
  class Frozen;

  mutable std::mutex mutex_;
  Shared views_;
};

}  // namespace contacts
