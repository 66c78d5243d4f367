#include "infra/rocksdb/store_guard.h"

#include <rocksdb/env.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <mutex>
#include <utility>

#include "infra/base/disk_space.h"
#include "infra/base/log.h"

namespace contacts {
namespace {

// Longer lines of RocksDB are cut to this.
constexpr size_t kLineBytes = 1024;
// More than a flush or a usual compaction writes: the space of its incomplete file is freed
// immediately, and must not look like room, or the next start fails in the same way.
constexpr uint64_t kRoom = 256 << 20;
constexpr uint64_t kRoomPart = 20;  // on a small disk, this part of its size is enough

// A full quota has no status code of its own.
bool IsQuota(const rocksdb::Status& status) {
  return status.ToString().find("quota exceeded") != std::string::npos;
}

bool IsFull(const rocksdb::Status& status) { return status.IsNoSpace() || IsQuota(status); }

bool HasRoom(const std::optional<DiskSpace>& space) {
  return space && space->free >= std::min(kRoom, space->total / kRoomPart);
}

}  // namespace

class StoreGuard::State : public rocksdb::EventListener {
 public:
  State(std::string store, std::string directory)
      : store_(std::move(store)), directory_(std::move(directory)) {}

  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* failed) override {
    Note(*failed);
  }
  // Otherwise RocksDB would try again until a full disk has room, and then go on writing.
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }

  void Note(const rocksdb::Status& failed) {
    const std::string cause = Cause(failed);
    const std::lock_guard lock(mutex_);
    if (!failure_.empty()) return;
    failure_ = cause;
    full_ = IsFull(failed);
    damaged_ = failed.IsCorruption();
    shows_room_ = full_ && !IsQuota(failed);
    log::Error("a store failed; nothing is written to it any more",
               {{"store", store_}, {"cause", cause}});
  }
  std::string Failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
  }
  bool Damaged() const {
    const std::lock_guard lock(mutex_);
    return damaged_;
  }
  bool Full() const {
    const std::lock_guard lock(mutex_);
    return full_;
  }
  bool RoomAgain() const {
    const std::lock_guard lock(mutex_);
    return shows_room_ && HasRoom(DiskSpaceAt(directory_));
  }
  std::string Cause(const rocksdb::Status& failed) const {
    if (failed.IsCorruption())
      return "the files in " + directory_ + " are damaged: " + failed.ToString();
    if (!IsFull(failed)) return failed.ToString();
    return "the disk of " + directory_ + " is full" + Shown(DiskSpaceAt(directory_)) +
           ", make room on it: " + failed.ToString();
  }

  const std::string store_;
  const std::string directory_;

 private:
  mutable std::mutex mutex_;
  std::string failure_;
  bool damaged_ = false;
  bool full_ = false;
  bool shows_room_ = false;  // DiskSpaceAt can tell when there is room; it does not know of quotas
};

namespace {

// Unlike a file, this cannot fail.
class LogLines : public rocksdb::Logger {
 public:
  explicit LogLines(std::string store)
      : Logger(rocksdb::InfoLogLevel::WARN_LEVEL), store_(std::move(store)) {}

  void Logv(const char* format, va_list values) override {
    Logv(rocksdb::InfoLogLevel::INFO_LEVEL, format, values);
  }
  void Logv(const rocksdb::InfoLogLevel level, const char* format, va_list values) override {
    if (level < GetInfoLogLevel() || level == rocksdb::InfoLogLevel::HEADER_LEVEL) return;
    std::array<char, kLineBytes> line{};
    if (std::vsnprintf(line.data(), line.size(), format, values) < 0) return;
    if (level == rocksdb::InfoLogLevel::WARN_LEVEL) {
      log::Warn("rocksdb", {{"store", store_}, {"says", line.data()}});
    } else {
      log::Error("rocksdb", {{"store", store_}, {"says", line.data()}});
    }
  }

 private:
  const std::string store_;
};

}  // namespace

StoreGuard::StoreGuard(std::string store, std::string directory)
    : state_(std::make_shared<State>(std::move(store), std::move(directory))) {}

void StoreGuard::SetOptions(rocksdb::DBOptions* options) const {
  options->info_log = std::make_shared<LogLines>(state_->store_);
  options->listeners.push_back(state_);
  options->max_bgerror_resume_count = 0;
  options->stats_dump_period_sec = 0;
  // RocksDB aborts when it gets none of the threads by which it would open files.
  options->max_file_opening_threads = 1;
  // With it, each write-ahead log would take 70 MB or more when it is made, so that a small disk
  // is full before anything is written.
  options->allow_fallocate = false;
}

std::string StoreGuard::Failure() const { return state_->Failure(); }
void StoreGuard::Note(const rocksdb::Status& failed) const { state_->Note(failed); }
bool StoreGuard::Damaged() const { return state_->Damaged(); }
bool StoreGuard::Full() const { return state_->Full(); }
bool StoreGuard::RoomAgain() const { return state_->RoomAgain(); }
std::string StoreGuard::Cause(const rocksdb::Status& failed) const { return state_->Cause(failed); }

}  // namespace contacts
