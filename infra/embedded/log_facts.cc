#include "infra/embedded/log_facts.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "infra/embedded/entry_store.h"

namespace contacts::embedded {
namespace {

constexpr size_t kEntriesAtOnce = 4000;
constexpr size_t kBytesAtOnce = 8 << 20;

Error Failure(const std::string& what) { return {ErrorCode::kUnavailable, what}; }

enum class Reading { kEnds, kEntries };

Result<LogFacts> Read(const std::string& directory, Reading reading) try {
  EntryStoreOptions options{.directory = directory, .new_log_id = {}};
  options.partitions = 0;
  options.read_only = true;
  const EntryStore store(options);
  LogFacts facts{store.identity().log_id, store.epoch(), store.identity().partitions, 0,
                 store.newest()};
  for (int partition = 0; partition < static_cast<int>(facts.partitions); ++partition) {
    const Offset end = store.end(partition);
    facts.entries += end.value;
    for (Offset next{0}; reading == Reading::kEntries && next < end;) {
      std::vector<LogEntry> entries;
      if (const auto fault =
              store.Read(partition, next, end, kEntriesAtOnce, kBytesAtOnce, &entries)) {
        return Failure(fault->message);
      }
      next = Offset{entries.back().offset.value + 1};
    }
  }
  return facts;
} catch (const std::runtime_error& failure) {
  return Failure(failure.what());
}

}  // namespace

Result<LogFacts> CheckLog(const std::string& directory) {
  return Read(directory, Reading::kEntries);
}

Result<LogFacts> LookAtLog(const std::string& directory) { return Read(directory, Reading::kEnds); }

Result<bool> BeginEpoch(const std::string& directory, int64_t epoch) try {
  EntryStoreOptions options{.directory = directory, .new_log_id = {}};
  options.partitions = 0;
  EntryStore store(options);
  if (const auto why = store.BeginEpoch(epoch)) return Failure(*why);
  return true;
} catch (const std::runtime_error& failure) {
  return Failure(failure.what());
}

}  // namespace contacts::embedded
