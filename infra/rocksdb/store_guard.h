// How all stores in RocksDB behave on a disk that fails. The guard is between RocksDB and a store:
// - RocksDB writes no info log of its own; its warnings go to our log. On a full disk, that file
//   alone ended the process, because Debian's RocksDB is built with its assertions on.
// - The first failure, of a write or of RocksDB's work in the background, is final: the store
//   asks Failure() before each write and stops writing. RocksDB never resumes automatically.
#pragma once

#include <memory>
#include <string>

namespace rocksdb {
struct DBOptions;
class Status;
}  // namespace rocksdb

namespace contacts {

// Any thread.
class StoreGuard {
 public:
  // `store` names it in log lines: "log", "views", "local".
  StoreGuard(std::string store, std::string directory);

  // To be called on the options before the store is opened.
  void SetOptions(rocksdb::DBOptions* options) const;

  // Why the store may not be written any more, and what to do; empty: it may be written. The first
  // cause is kept.
  std::string Failure() const;
  void Note(const rocksdb::Status& failed) const;  // the first failure is logged, too
  // The store failed because its files are damaged.
  bool Damaged() const;
  // The disk was full when the store failed.
  bool Full() const;
  // The disk was full and has room again: a restart would succeed now.
  bool RoomAgain() const;

  // RocksDB's text; for a full disk with its directory, the free bytes and what to do, for damage
  // with the directory.
  std::string Cause(const rocksdb::Status& failed) const;

  class State;

 private:
  const std::shared_ptr<State> state_;  // shared with RocksDB
};

}  // namespace contacts
