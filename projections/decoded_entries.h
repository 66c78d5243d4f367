// What entries of the log say by themselves, whatever came before them: the part of judging them
// that needs no state.
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
  std::optional<Opening> opening;  // it opens this partition; then nothing else is set
  Result<Slot> slot = Error{};     // or why it can be no history
  Hash hash;                       // of its value; with a slot, as all below
  WriterTag writer;
  Result<Record> record = Error{};  // or why this build does not understand it
};

DecodedEntry Decode(const LogEntry& entry, int partition, int partitions);

// Those of one batch, one after the other. Of a large batch a second thread decodes them, so that
// the first can be applied meanwhile.
class DecodedEntries {
 public:
  // `entries` must outlive it.
  DecodedEntries(const std::vector<LogEntry>& entries, int partition, int partitions);
  ~DecodedEntries();
  DecodedEntries(const DecodedEntries&) = delete;
  DecodedEntries& operator=(const DecodedEntries&) = delete;

  // Of the entry behind the one of the last call, once it is decoded; valid until the next call.
  const DecodedEntry& Next();

 private:
  void DecodeAll();
  bool Announce(size_t ready);

  const std::vector<LogEntry>& entries_;
  const int partition_;
  const int partitions_;
  std::vector<DecodedEntry> decoded_;
  size_t next_ = 0;
  size_t known_ready_ = 0;  // ready_, as it was at the last look
  std::mutex mutex_;
  std::condition_variable announced_;
  size_t ready_ = 0;  // how many of decoded_ are
  bool abandoned_ = false;
  std::thread ahead_;
};

}  // namespace contacts
