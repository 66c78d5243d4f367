// How rows are compressed that are much similar text, written once and seldom read: records.
#pragma once

namespace rocksdb {
struct ColumnFamilyOptions;
}  // namespace rocksdb

namespace contacts {

// LZ4 for what will be merged again, Zstandard where rows stay. Its level 1, because half of a
// record's bytes are sealed: a higher level makes them no smaller and costs processor time.
void SetArchiveCompression(rocksdb::ColumnFamilyOptions* options);

}  // namespace contacts
