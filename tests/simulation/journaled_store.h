// A view store whose newest batches can be undone, as a power cut undoes unsynced writes.
#pragma once

#include <deque>
#include <memory>
#include <utility>

#include "projections/store/view_store.h"

namespace contacts::sim {

class JournaledStore : public ViewStore {
 public:
  explicit JournaledStore(std::unique_ptr<ViewStore> inner) : inner_(std::move(inner)) {}

  std::optional<std::string> Get(View view, std::string_view key) const override {
    return inner_->Get(view, key);
  }
  void Scan(View view, std::string_view from, std::string_view to,
            const Visit& visit) const override {
    inner_->Scan(view, from, to, visit);
  }
  std::unique_ptr<ViewReader> Snapshot() const override { return inner_->Snapshot(); }

  void Commit(const ViewBatch& batch) override {
    ViewBatch undo;
    for (const ViewBatch::Change& change : batch.changes()) {
      std::optional<std::string> before = inner_->Get(change.view, change.key);
      if (before) {
        undo.Put(change.view, change.key, *std::move(before));
      } else {
        undo.Erase(change.view, change.key);
      }
    }
    inner_->Write(batch);
    undo_.push_back(std::move(undo));
    if (undo_.size() > kKept) undo_.pop_front();
  }

  // Undoes the last batch. False: no batch is left that could be lost.
  bool LoseLastBatch() {
    if (undo_.empty()) return false;
    inner_->Write(undo_.back());
    undo_.pop_back();
    return true;
  }
  void Replace(std::unique_ptr<ViewStore> inner) {
    inner_ = std::move(inner);
    undo_.clear();
  }
  // Syncs all batches, so that they cannot be lost.
  void Sync() { undo_.clear(); }

 private:
  static constexpr size_t kKept = 3;
  std::unique_ptr<ViewStore> inner_;
  std::deque<ViewBatch> undo_;
};

}  // namespace contacts::sim
