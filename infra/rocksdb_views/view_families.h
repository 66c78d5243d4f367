// The column families of the views in RocksDB, and their options.
//
//   family "default"      "format " and the view's name → keys::Number(its format)
//   family NameOf(view)   the view's rows (projections/store/keys.h, projections/store/rows.h)
#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <string>
#include <vector>

#include "infra/rocksdb/store_guard.h"
#include "infra/rocksdb_views/rocksdb_view_store.h"
#include "projections/store/view_store.h"

namespace contacts {

struct OpenFamilies {
  std::unique_ptr<rocksdb::DB> db;
  rocksdb::ColumnFamilyHandle* meta = nullptr;        // owned by the caller, as `views` are
  std::vector<rocksdb::ColumnFamilyHandle*> views{};  // by View
};

// Throws StoreFailure, also when a view has another format than ViewInfo says: the operator must
// then remove the directory, and the views are made anew from the log.
OpenFamilies OpenViewFamilies(const RocksDbViewStoreOptions& options, const StoreGuard& guard);
void CloseViewFamilies(OpenFamilies* families);

}  // namespace contacts
