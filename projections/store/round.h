// The rows that one batch of entries changes. They are written together with the checkpoint;
// entries that are applied later in the same round see them before.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "events/rows/row_archive.h"
#include "projections/store/view_store.h"

namespace contacts {

// One thread. Throws StoreFailure.
class Round {
 public:
  explicit Round(ViewStore& views) : views_(views) {}
  Round(const Round&) = delete;
  Round& operator=(const Round&) = delete;

  std::optional<std::string> Get(View view, const std::string& key) const;
  // The keys with from <= key < to, in order.
  std::vector<std::string> Keys(View view, const std::string& from, const std::string& to) const;
  void Put(View view, const std::string& key, std::string value);
  void Erase(View view, const std::string& key);

  // nullopt: no row. Throws StoreFailure for a row that cannot be decoded.
  template <class Row>
  std::optional<Row> Read(View view, const std::string& key) const {
    const std::optional<std::string> bytes = Get(view, key);
    if (!bytes) return std::nullopt;
    Row row;
    if (!FromRow(*bytes, &row)) Unreadable(view);
    return row;
  }
  template <class Row>
  void Write(View view, const std::string& key, const Row& row) {
    Put(view, key, ToRow(row));
  }

  // Writes all changes in one batch. A round is committed at most once and not changed afterwards,
  // so that its rows and its checkpoint are never in two batches.
  void Commit();

 private:
  using Key = std::pair<View, std::string_view>;
  struct HashOfKey {
    size_t operator()(const Key& key) const;
  };

  [[noreturn]] static void Unreadable(View view);
  void Set(View view, const std::string& key, std::optional<std::string> value);
  ViewBatch::Change* Find(View view, std::string_view key) const;

  ViewStore& views_;
  mutable ViewBatch batch_;
  // The first changes of the batch by their keys. Only lookups let it grow, because most rounds of
  // a rebuild look nothing up.
  mutable std::unordered_map<Key, ViewBatch::Change*, HashOfKey> index_;
  mutable size_t indexed_ = 0;
  bool is_committed_ = false;
};

}  // namespace contacts
