#include "tests/simulation/entry_checks.h"

#include <map>
#include <string_view>

namespace contacts::sim {
namespace {

// In 100,000 seeds no record was sent more than 20 times, under any faults.
constexpr int kMostCopies = 60;
// Entries of the simulation's strangers are shorter.
constexpr size_t kSmallestRecord = 100;

// A command that is decided again gets a new id, because readers of the log deduplicate by id.
void CheckIds(const std::vector<LogEntry>& entries, std::vector<std::string>* broken) {
  std::map<std::string, std::string> bytes_of;
  for (const LogEntry& entry : entries) {
    const Result<Record> record = DecodeRecord(entry.value);
    if (!record) continue;
    const auto [it, fresh] = bytes_of.try_emplace(record->envelope.id, entry.value);
    if (!fresh && it->second != entry.value) broken->push_back("one id for two records");
  }
}

// Records are sent again after growing pauses, and a record that no reader takes is given up.
void CheckGrowth(const std::vector<LogEntry>& entries, std::vector<std::string>* broken) {
  std::map<std::string_view, int> copies;
  for (const LogEntry& entry : entries) {
    const bool is_strangers = entry.value.size() < kSmallestRecord;
    if (!is_strangers && ++copies[entry.value] == kMostCopies) {
      broken->push_back("one record is in the log " + std::to_string(kMostCopies) + " times");
    }
  }
}

}  // namespace

std::vector<std::string> BrokenEntries(const Simulation& simulation) {
  std::vector<std::string> broken;
  const auto& entries = simulation.log().entries();
  CheckIds(entries, &broken);
  CheckGrowth(entries, &broken);
  return broken;
}

}  // namespace contacts::sim
