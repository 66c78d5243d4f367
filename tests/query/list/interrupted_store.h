// A store for tests of events in the middle of a read.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "tests/support/memory_view_store.h"

namespace contacts::query {

// Runs a function of the test once, at the worst moment.
class InterruptedStore : public MemoryViewStore {
 public:
  std::optional<std::string> Get(View view, std::string_view key) const override {
    auto value = MemoryViewStore::Get(view, key);
    if (view == View::kTenants) Interrupt(&after_tenant);
    return value;
  }
  std::unique_ptr<ViewReader> Snapshot() const override {
    ++snapshots;
    if (snapshots_left > 0) --snapshots_left;
    if (snapshots_left == 0) Interrupt(&before_snapshot);
    return MemoryViewStore::Snapshot();
  }

  mutable std::function<void()> after_tenant;
  mutable std::function<void()> before_snapshot;
  mutable std::atomic<int> snapshots{0};
  // before_snapshot runs once, before the first snapshot that decreases this to 0 or finds it 0.
  mutable std::atomic<int> snapshots_left{0};

 private:
  static void Interrupt(std::function<void()>* what) {
    if (*what) std::exchange(*what, nullptr)();
  }
};

}  // namespace contacts::query
