// The end of each partition when its newest entries were acknowledged, in a small file next to
// RocksDB's. RocksDB takes a damaged or missing end of its write-ahead log for an interrupted write
// and drops it silently; this file shows that the dropped entries had been acknowledged.
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
  // Reads the file. Call it before the log is opened: with a writer at work the log may then be
  // ahead of the file, never behind it.
  Acknowledged(rocksdb::Env* env, const std::string& directory);
  ~Acknowledged();

  // The file was there, so entries were acknowledged in this directory.
  bool any() const { return !found_.empty(); }
  // The ends as the file had them; zeros when it was missing or unreadable.
  std::vector<Offset> Found(const std::string& log_id, size_t partitions) const;
  // Best effort: when it fails, only this check is weaker.
  void Write(const std::string& log_id, const std::vector<Offset>& ends);

 private:
  rocksdb::Env* const env_;
  const std::string path_;
  std::string found_;
  std::unique_ptr<rocksdb::RandomRWFile> file_;
};

}  // namespace contacts::embedded
