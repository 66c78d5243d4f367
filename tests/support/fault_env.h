// Files for RocksDB, in memory, whose disk fails and whose power is cut when the test says so.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace contacts::testing {

// The state of the disk, shared by all files. Any thread.
class FaultyDisk {
 public:
  enum class Fault { kNone, kSyncsFail, kWritesFail };

  void Set(Fault fault) {
    const std::lock_guard lock(mutex_);
    fault_ = fault;
    changed_.notify_all();
  }
  rocksdb::IOStatus Write() const {
    const std::lock_guard lock(mutex_);
    return fault_ == Fault::kWritesFail ? Broken() : rocksdb::IOStatus::OK();
  }
  // A sync in progress waits while syncs are held.
  rocksdb::IOStatus Sync(const std::string& name, uint64_t size) {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !held_; });
    --waiting_;
    if (fault_ != Fault::kNone) return Broken();
    synced_[name] = size;
    ++syncs_;
    return rocksdb::IOStatus::OK();
  }
  int syncs() const {
    const std::lock_guard lock(mutex_);
    return syncs_;
  }
  void Hold(bool held) {
    const std::lock_guard lock(mutex_);
    held_ = held;
    changed_.notify_all();
  }
  bool WaitUntilHeld() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return waiting_ > 0; });
  }
  void Renamed(const std::string& from, const std::string& to) {
    const std::lock_guard lock(mutex_);
    synced_[to] = synced_[from];
    synced_.erase(from);
    written_[to] = written_[from];
    written_.erase(from);
  }
  void Written(const std::string& name, uint64_t size) {
    const std::lock_guard lock(mutex_);
    written_[name] = size;
    if (size == 0) synced_[name] = 0;
  }
  void Deleted(const std::string& name) {
    const std::lock_guard lock(mutex_);
    synced_.erase(name);
    written_.erase(name);
  }
  // The files with unsynced bytes, and the number of these bytes.
  std::map<std::string, uint64_t> Unsynced() const {
    const std::lock_guard lock(mutex_);
    std::map<std::string, uint64_t> unsynced;
    for (const auto& [name, size] : written_) {
      const auto synced = synced_.find(name);
      const uint64_t kept = synced == synced_.end() ? 0 : synced->second;
      if (kept < size) unsynced[name] = kept;
    }
    return unsynced;
  }

 private:
  static rocksdb::IOStatus Broken() { return rocksdb::IOStatus::IOError("the disk is broken"); }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Fault fault_ = Fault::kNone;
  bool held_ = false;
  int waiting_ = 0;
  int syncs_ = 0;
  std::map<std::string, uint64_t> written_;
  std::map<std::string, uint64_t> synced_;
};

class FaultyFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::string name, FaultyDisk& disk)
      : FSWritableFileOwnerWrapper(std::move(file)), name_(std::move(name)), disk_(disk) {
    disk_.Written(name_, 0);
  }

  using FSWritableFileOwnerWrapper::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& bytes, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    const rocksdb::IOStatus status = disk_.Write();
    if (!status.ok()) return status;
    size_ += bytes.size();
    disk_.Written(name_, size_);
    return FSWritableFileOwnerWrapper::Append(bytes, options, debug);
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& bytes, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo&,
                           rocksdb::IODebugContext* debug) override {
    return Append(bytes, options, debug);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return disk_.Sync(name_, size_);
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return disk_.Sync(name_, size_);
  }

 private:
  const std::string name_;
  FaultyDisk& disk_;
  uint64_t size_ = 0;
};

class FaultyFiles : public rocksdb::FileSystemWrapper {
 public:
  FaultyFiles(const std::shared_ptr<rocksdb::FileSystem>& files, FaultyDisk& disk)
      : FileSystemWrapper(files), disk_(disk) {}
  const char* Name() const override { return "FaultyFiles"; }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus status = disk_.Write();
    if (status.ok()) status = FileSystemWrapper::NewWritableFile(name, options, file, debug);
    if (status.ok()) *file = std::make_unique<FaultyFile>(std::move(*file), name, disk_);
    return status;
  }
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus status = disk_.Write();
    if (status.ok()) status = FileSystemWrapper::RenameFile(from, to, options, debug);
    if (status.ok()) disk_.Renamed(from, to);
    return status;
  }
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus status = disk_.Write();
    if (status.ok()) status = FileSystemWrapper::DeleteFile(name, options, debug);
    if (status.ok()) disk_.Deleted(name);
    return status;
  }

 private:
  FaultyDisk& disk_;
};

class FaultEnv {
 public:
  rocksdb::Env* env() const { return env_.get(); }
  FaultyDisk& disk() { return disk_; }

  void FailSyncs() { disk_.Set(FaultyDisk::Fault::kSyncsFail); }
  void FailWrites() { disk_.Set(FaultyDisk::Fault::kWritesFail); }
  void Heal() { disk_.Set(FaultyDisk::Fault::kNone); }

  // The number of syncs done so far.
  int syncs() const { return disk_.syncs(); }

  // No write reaches the disk any more. Then close the stores that use it, and call RestorePower.
  void CutPower() {
    FailWrites();
    unsynced_ = disk_.Unsynced();
  }
  // Bytes that were not synced at the cut are gone.
  void RestorePower() {
    Heal();
    for (const auto& [name, kept] : unsynced_) {
      std::string content;
      if (!rocksdb::ReadFileToString(memory_.get(), name, &content).ok()) continue;
      rocksdb::WriteStringToFile(memory_.get(), content.substr(0, kept), name);
    }
    unsynced_.clear();
  }

 private:
  FaultyDisk disk_;
  std::map<std::string, uint64_t> unsynced_;
  const std::unique_ptr<rocksdb::Env> memory_{rocksdb::NewMemEnv(rocksdb::Env::Default())};
  const std::unique_ptr<rocksdb::Env> env_ =
      rocksdb::NewCompositeEnv(std::make_shared<FaultyFiles>(memory_->GetFileSystem(), disk_));
};

// While it lives, syncs wait. Declare it after the store that syncs, so that a failing test ends.
class HeldSyncs {
 public:
  explicit HeldSyncs(FaultEnv& env) : disk_(env.disk()) { disk_.Hold(true); }
  ~HeldSyncs() { Release(); }
  HeldSyncs(const HeldSyncs&) = delete;
  HeldSyncs& operator=(const HeldSyncs&) = delete;

  // Waits until a sync is in progress. False: none begins.
  bool Wait() { return disk_.WaitUntilHeld(); }
  void Release() { disk_.Hold(false); }

 private:
  FaultyDisk& disk_;
};

}  // namespace contacts::testing
