// The column families of the views in RocksDB, with the options of each.
//
//   family "default"      "format" → keys::Number(kViewsFormat)
//   family NameOf(view)   the view's rows (projections/store/keys.h, projections/store/rows.h)
#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <string>
#include <vector>

#include "projections/store/view_store.h"

namespace contacts {

// Another format of keys or rows needs another number: the views are then made anew from the log.
inline constexpr int64_t kViewsFormat = 3;

struct OpenFamilies {
  std::unique_ptr<rocksdb::DB> db;
  rocksdb::ColumnFamilyHandle* meta = nullptr;        // owned by the caller, as all below
  std::vector<rocksdb::ColumnFamilyHandle*> views{};  // by View
};

// Throws StoreFailure.
OpenFamilies OpenViewFamilies(const std::string& directory, size_t cache_bytes, rocksdb::Env* env);
void CloseViewFamilies(OpenFamilies* families);

}  // namespace contacts
