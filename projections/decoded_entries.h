// Decodes entries of the log: the part of judging them that needs no state, because it does not
// depend on the entries before them.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "events/event_log.h"
#include "events/history.h"
#include "events/opening.h"
#include "events/record.h"
#include "events/values/hash.h"
#include "events/values/result.h"

namespace contacts {

struct DecodedEntry {
  std::optional<Opening> opening;  // if it opens this partition; then nothing else is set
  Result<Slot> slot = Error{};     // or why the entry cannot be history
  Hash hash;                       // of the value; this and all below are set only with a slot
  WriterTag writer;
  Result<Record> record = Error{};  // or why this build does not understand the record
};

DecodedEntry Decode(const LogEntry& entry, int partition, int partitions);

// The decoded entries of one batch, one after the other. A second thread decodes a large batch, so
// that the first entries can be applied meanwhile.
class DecodedEntries {
 public:
  // `entries` must outlive this.
  DecodedEntries(const std::vector<LogEntry>& entries, int partition, int partitions);
  ~DecodedEntries();
  DecodedEntries(const DecodedEntries&) = delete;
  DecodedEntries& operator=(const DecodedEntries&) = delete;

  // Returns the next entry, waiting until it is decoded; valid until the next call. At most one
  // call for each entry.
  const DecodedEntry& Next();

 private:
  void DecodeAll();
  bool Announce(size_t ready);

  const std::vector<LogEntry>& entries_;
  const int partition_;
  const int partitions_;
  std::vector<DecodedEntry> decoded_;
  size_t next_ = 0;
  size_t known_ready_ = 0;  // ready_ when it was read last
  std::mutex mutex_;
  std::condition_variable announced_;
  size_t ready_ = 0;  // how many entries in decoded_ are decoded
  bool abandoned_ = false;
  std::thread ahead_;
};

}  // namespace contacts
