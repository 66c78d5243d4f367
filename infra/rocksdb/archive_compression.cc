#include "infra/rocksdb/archive_compression.h"

#include <rocksdb/options.h>

namespace contacts {

void SetArchiveCompression(rocksdb::ColumnFamilyOptions* options) {
  options->compression = rocksdb::kLZ4Compression;
  options->bottommost_compression = rocksdb::kZSTD;
  options->bottommost_compression_opts.level = 1;
  options->bottommost_compression_opts.enabled = true;
}

}  // namespace contacts
