// A store of views that can be made to fail.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/memory_view_store.h"

namespace contacts {

class FailingStore : public MemoryViewStore {
 public:
  std::optional<std::string> Get(View view, std::string_view key) const override {
    ++reads;
    if (fails) throw StoreFailure("the disk at /secret/path is gone");
    return MemoryViewStore::Get(view, key);
  }
  std::atomic<bool> fails{false};
  mutable std::atomic<int> reads{0};
};

}  // namespace contacts
