// The rows that one Apply changes: written together with the checkpoint, and seen by what is
// applied later in the same round before they are written.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "events/row_archive.h"
#include "projections/view_store.h"

namespace contacts {

// One thread. Throws StoreFailure.
class Round {
 public:
  explicit Round(ViewStore& views) : views_(views) {}

  std::optional<std::string> Get(View view, const std::string& key) const;
  void Put(View view, const std::string& key, std::string value);
  void Erase(View view, const std::string& key);

  // A row that does not read: StoreFailure.
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

  // All of it, in one batch.
  void Commit();

 private:
  [[noreturn]] static void Unreadable(View view);

  ViewStore& views_;
  std::map<std::pair<View, std::string>, std::optional<std::string>> changes_;
};

}  // namespace contacts
