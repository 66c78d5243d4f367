#include "infra/node/restore.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "infra/base/errno_text.h"
#include "infra/base/log.h"
#include "infra/embedded/log_facts.h"
#include "infra/local_store/local_store.h"
#include "infra/node/erase_again.h"

namespace contacts {
namespace {

namespace fs = std::filesystem;
using Table = LocalStore::Table;

constexpr const char* kNew = "restore.new";
constexpr const char* kReady = "restore.ready";
constexpr const char* kEpoch = "epoch";
constexpr const char* kStores[] = {"log", "local"};

Error Failure(const std::string& what) { return {ErrorCode::kUnavailable, what}; }
Error Failure(const std::string& what, const std::error_code& cause) {
  return Failure(what + ": " + cause.message() + ".");
}

// What was written before survives a power cut.
Result<bool> Sync(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Failure("Cannot open " + path + ": " + ErrnoText(errno) + ".");
  const bool synced = fsync(file) == 0;
  const int cause = errno;
  close(file);
  if (!synced) return Failure("Cannot write " + path + " to the disk: " + ErrnoText(cause) + ".");
  return true;
}

Result<bool> SyncAll(const std::string& directory) {
  std::error_code fault;
  for (const auto& entry : fs::recursive_directory_iterator(directory, fault)) {
    if (auto synced = Sync(entry.path()); !synced.ok()) return synced;
  }
  if (fault) return Failure("Cannot read " + directory, fault);
  return Sync(directory);
}

Result<bool> Copy(const std::string& from, const std::string& to) {
  std::error_code fault;
  fs::copy(from, to, fs::copy_options::recursive, fault);
  if (fault) return Failure("Cannot copy " + from + " to " + to, fault);
  return true;
}

Result<bool> Move(const std::string& from, const std::string& to) {
  std::error_code fault;
  fs::rename(from, to, fault);
  if (fault) return Failure("Cannot move " + from + " to " + to, fault);
  return true;
}

Result<bool> Remove(const std::string& path) {
  std::error_code fault;
  fs::remove_all(path, fault);
  if (fault) return Failure("Cannot remove " + path, fault);
  return true;
}

int64_t EpochIn(const std::string& file) {
  int64_t epoch = 0;
  std::ifstream(file) >> epoch;
  return epoch;
}

Result<bool> WriteEpoch(const std::string& file, int64_t epoch) {
  std::ofstream(file, std::ios::trunc) << epoch << "\n";
  if (EpochIn(file) != epoch) return Failure("Cannot write " + file + ".");
  return Sync(file);
}

Result<int64_t> NewEpoch(int64_t known, std::optional<int64_t> wanted) {
  if (!wanted) return known + 1;
  if (*wanted > known && *wanted <= 0x7fffffff) return *wanted;
  return Error{ErrorCode::kBadRequest, "--epoch must be higher than " + std::to_string(known) +
                                           ", the epoch that the log had already."};
}

// A server that writes there would give us half of its newest files.
Result<bool> CheckUnused(const std::string& from) {
  const int lock = open((from + "/lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (lock < 0) return true;
  const bool in_use = flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close(lock);
  if (!in_use) return true;
  return Failure("Another contacts process" + HolderOf(from) + " is using " + from +
                 "; name a copy that was made while no process used the directory.");
}

Result<bool> CheckPlaces(const std::string& from, const DataDirectory& directory) {
  std::error_code fault;
  if (!fs::exists(from + "/log/CURRENT", fault)) {
    return Failure("There is no copy of a data directory in " + from + ": it has no log/CURRENT.");
  }
  if (fs::equivalent(from, directory.path(), fault)) {
    return Failure(from +
                   " is the data directory itself. To begin a new epoch of a log that was put "
                   "there by hand: contacts restore --here.");
  }
  return CheckUnused(from);
}

// Those of the copy may have been ended since it was made.
Result<bool> TakeSessions(const std::string& current, const std::string& staged) {
  auto store = LocalStore::Open(staged);
  if (!store.ok()) return store.error();
  std::vector<std::string> old;
  auto scanned = (*store)->Scan(Table::kSessions, [&](std::string_view key, std::string_view) {
    old.emplace_back(key);
    return true;
  });
  if (!scanned.ok()) return scanned;
  for (const std::string& key : old) {
    auto erased = (*store)->Erase(Table::kSessions, key, LocalStore::Durability::kBuffered);
    if (!erased.ok()) return erased;
  }
  std::error_code fault;
  if (!fs::exists(current + "/CURRENT", fault)) return true;
  auto kept = LocalStore::Open({.directory = current, .access = LocalStore::Access::kReadOnly});
  if (!kept.ok()) {
    log::Warn("all sessions end, because the store of the present ones cannot be read",
              {{"cause", kept.error().message}});
    return true;
  }
  Result<bool> put = true;
  scanned = (*kept)->Scan(Table::kSessions, [&](std::string_view key, std::string_view row) {
    put = (*store)->Put(Table::kSessions, key, row, LocalStore::Durability::kBuffered);
    return put.ok();
  });
  return scanned.ok() ? put : scanned;
}

// A list that an earlier restore left is not of this copy.
Result<bool> TakeList(const std::string& ready, const DataDirectory& directory) {
  std::error_code fault;
  const std::string staged = ready + "/" + kEraseAgain;
  const std::string place = directory.PathOf(kEraseAgain);
  if (!fs::exists(staged, fault)) return true;
  if (fs::file_size(staged, fault) > 0) return Move(staged, place);
  if (auto removed = Remove(place); !removed.ok()) return removed;
  return Remove(staged);
}

Result<embedded::LogFacts> Stage(const std::string& from, const DataDirectory& directory,
                                 const std::string& staged, const std::string& erasures) {
  std::error_code fault;
  if (auto removed = Remove(staged); !removed.ok()) return removed.error();
  if (!fs::create_directory(staged, fault)) return Failure("Cannot make " + staged, fault);
  fs::permissions(staged, fs::perms::owner_all, fault);
  for (const char* store : kStores) {
    const std::string source = from + "/" + store;
    if (!fs::exists(source, fault)) continue;
    if (auto copied = Copy(source, staged + "/" + store); !copied.ok()) return copied.error();
  }
  auto facts = embedded::CheckLog(staged + "/log");
  if (!facts.ok()) {
    return Failure("The copy in " + from + " cannot be used: " + facts.error().message);
  }
  if (fs::exists(staged + "/local", fault)) {
    auto taken = TakeSessions(directory.PathOf("local"), staged + "/local");
    if (!taken.ok()) return taken.error();
  }
  auto list = StageErasures(erasures, facts->log_id, staged);
  if (!list.ok()) return list.error();
  return facts;
}

Result<bool> CheckSameLog(const embedded::LogFacts& copy,
                          const Result<embedded::LogFacts>& current) {
  if (!current.ok() || copy.log_id == current->log_id) return true;
  return Failure("The copy is of the log " + copy.log_id + ", and the directory holds the log " +
                 current->log_id + ": another log. Restore it into a directory of its own.");
}

}  // namespace

bool IsRestoring(const DataDirectory& directory) {
  std::error_code fault;
  return fs::exists(directory.PathOf(kReady), fault);
}

// Each step is done once: what is moved away is not in restore.ready any more.
Result<bool> FinishRestore(const DataDirectory& directory) {
  if (!IsRestoring(directory)) return false;
  std::error_code fault;
  const std::string ready = directory.PathOf(kReady);
  const int64_t epoch = EpochIn(ready + "/" + kEpoch);
  for (const char* store : kStores) {
    const std::string staged = ready + "/" + store;
    const std::string place = directory.PathOf(store);
    if (!fs::exists(staged, fault)) continue;
    if (fs::exists(place, fault)) {
      auto moved = Move(place, place + ".before-epoch-" + std::to_string(epoch));
      if (!moved.ok()) return moved;
    }
    if (auto moved = Move(staged, place); !moved.ok()) return moved;
  }
  if (auto taken = TakeList(ready, directory); !taken.ok()) return taken;
  if (auto removed = Remove(directory.PathOf("views")); !removed.ok()) return removed;
  if (auto written = WriteEpoch(directory.PathOf(kEpoch), epoch); !written.ok()) return written;
  if (auto synced = Sync(directory.path()); !synced.ok()) return synced;
  if (auto removed = Remove(ready); !removed.ok()) return removed;
  log::Info("the restore is complete", {{"epoch", std::to_string(epoch)}});
  return true;
}

Result<Restored> RestoreFrom(const std::string& from, const DataDirectory& directory,
                             std::optional<int64_t> wanted, const std::string& erasures) {
  if (auto finished = FinishRestore(directory); !finished.ok()) return finished.error();
  if (auto sound = CheckPlaces(from, directory); !sound.ok()) return sound.error();
  const auto copy = embedded::LookAtLog(from + "/log");
  if (!copy.ok()) return copy.error();
  const auto current = embedded::LookAtLog(directory.PathOf("log"));
  if (auto same = CheckSameLog(*copy, current); !same.ok()) return same.error();
  const int64_t known =
      std::max({copy->epoch, current.ok() ? current->epoch : 0, EpochIn(directory.PathOf(kEpoch))});
  const auto epoch = NewEpoch(known, wanted);
  if (!epoch.ok()) return epoch.error();
  const std::string staged = directory.PathOf(kNew);
  const auto facts = Stage(from, directory, staged, erasures);
  if (!facts.ok()) return facts.error();
  if (auto begun = embedded::BeginEpoch(staged + "/log", *epoch); !begun.ok()) return begun.error();
  if (auto done = WriteEpoch(staged + "/" + kEpoch, *epoch); !done.ok()) return done.error();
  if (auto synced = SyncAll(staged); !synced.ok()) return synced.error();
  if (auto ready = Move(staged, directory.PathOf(kReady)); !ready.ok()) return ready.error();
  if (auto synced = Sync(directory.path()); !synced.ok()) return synced.error();
  if (auto finished = FinishRestore(directory); !finished.ok()) return finished.error();
  return Restored{*epoch, facts->entries, facts->newest,
                  current.ok() ? std::optional(current->entries) : std::nullopt};
}

Result<Restored> RestoreHere(const DataDirectory& directory, std::optional<int64_t> wanted,
                             const std::string& erasures) {
  if (auto finished = FinishRestore(directory); !finished.ok()) return finished.error();
  const std::string log = directory.PathOf("log");
  const auto facts = embedded::CheckLog(log);
  if (!facts.ok()) return facts.error();
  const auto epoch = NewEpoch(std::max(facts->epoch, EpochIn(directory.PathOf(kEpoch))), wanted);
  if (!epoch.ok()) return epoch.error();
  auto list = StageErasures(erasures, facts->log_id, directory.path());
  if (!list.ok()) return list.error();
  // Views of the log that stood here before may be ahead of this one.
  if (auto removed = Remove(directory.PathOf("views")); !removed.ok()) return removed.error();
  if (auto begun = embedded::BeginEpoch(log, *epoch); !begun.ok()) return begun.error();
  if (auto done = WriteEpoch(directory.PathOf(kEpoch), *epoch); !done.ok()) return done.error();
  return Restored{*epoch, facts->entries, facts->newest, std::nullopt};
}

}  // namespace contacts
