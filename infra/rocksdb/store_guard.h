// How all stores in RocksDB behave on a disk that fails. It stands between RocksDB and its store:
// - RocksDB writes no info log of its own; what it warns of goes to our log. On a full disk that
//   file alone ended the process, because Debian's RocksDB is built with its assertions on.
// - The first failure, of a write or of RocksDB's work in the background, is the last: the store
//   asks Failure() before each write and writes no more. RocksDB never goes on by itself.
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

  // Why nothing may be written to the store any more, and what to do; empty: it may. The first
  // cause is kept.
  std::string Failure() const;
  void Note(const rocksdb::Status& failed) const;  // the first one is logged, too
  // The store failed because its files are not what was written.
  bool Damaged() const;
  // The disk was full when the store failed.
  bool Full() const;
  // It was, and has room again: a start would go on now.
  bool RoomAgain() const;

  // RocksDB's words; of a full disk with its directory, the free bytes and what to do, of damage
  // with the directory.
  std::string Cause(const rocksdb::Status& failed) const;

  class State;

 private:
  const std::shared_ptr<State> state_;  // shared with RocksDB
};

}  // namespace contacts
