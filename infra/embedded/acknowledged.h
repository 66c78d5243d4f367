// Where each partition ended when its newest entries were acknowledged, in a small file beside
// RocksDB's. RocksDB takes a damaged or missing end of its write-ahead log for an interrupted write
// and drops it without a word; this file tells that what was dropped had been acknowledged.
//
//   acknowledged   seal(16) ends(8 each, by partition, big-endian)
//   seal           the first 16 bytes of SHA-256(log id, ends)
//
// It is written after the synced write and not synced itself: after a power cut it may be older
// than the log, never newer.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "events/values/ids.h"

namespace rocksdb {
class Env;
class RandomRWFile;
}  // namespace rocksdb

namespace contacts::embedded {

class Acknowledged {
 public:
  // Reads the file, before the log is opened: beside a writer the log may be ahead of it then.
  Acknowledged(rocksdb::Env* env, const std::string& directory);
  ~Acknowledged();

  // Something was acknowledged here once.
  bool any() const { return !found_.empty(); }
  // As it was read. Zeros when there was nothing that reads: then nothing is known.
  std::vector<Offset> Found(const std::string& log_id, size_t partitions) const;
  // Best effort: without it only that one check is weaker.
  void Write(const std::string& log_id, const std::vector<Offset>& ends);

 private:
  rocksdb::Env* const env_;
  const std::string path_;
  std::string found_;
  std::unique_ptr<rocksdb::RandomRWFile> file_;
};

}  // namespace contacts::embedded
