// Rewrites the files of a store, so that rows which were erased leave them, too. Until RocksDB
// merges the last files that hold an erased row, which may be never, its bytes stay in tables,
// write-ahead logs and, as the first or last key of a table, in the MANIFEST.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "events/values/result.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
struct DBOptions;
}  // namespace rocksdb

namespace contacts {

// A store whose files can be rewritten: to be called on its options before it is opened.
void SetRewritable(rocksdb::DBOptions* options);

struct RewrittenStore {
  rocksdb::DB& db;
  std::string directory;
  std::vector<rocksdb::ColumnFamilyHandle*> families;   // all of the store
  std::vector<rocksdb::ColumnFamilyHandle*> rewritten;  // those that can hold what was erased
  rocksdb::ColumnFamilyHandle* meta = nullptr;  // gets a row `rewritten`, without a personal value
};

// True: no file holds a row that was erased before the call, but perhaps tables of families that
// are not `rewritten`. Waits first until snapshots from before the call have ended, and at last
// until readers have let go of the old files. Blocks, perhaps for hours, while the store is used.
// One call at a time. False: `stop` became true. The error: the disk has too little room for it, or
// the store failed; nothing is lost, and it can be tried again.
Result<bool> RewriteFiles(const RewrittenStore& store, std::atomic<bool>& stop);

}  // namespace contacts
