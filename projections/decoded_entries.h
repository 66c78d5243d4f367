// Decodes entries of the log: the part of judging them that needs no state, because it does not
// depend on the entries before them. Records are opened with the keys that are at hand; nothing
// here waits for a key.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "events/event_log.h"
#include "events/history.h"
#include "events/made_records.h"
#include "events/opening.h"
#include "events/record.h"
#include "events/seal/keyring.h"
#include "events/sealed_record.h"
#include "events/values/hash.h"
#include "events/values/result.h"

namespace contacts {

struct DecodedEntry {
  std::optional<Opening> opening;  // if it opens this partition; then nothing else is set
  Result<Slot> slot = Error{};     // or why the entry cannot be history
  Hash hash;                       // of the value; this and all below are set only with a slot
  WriterTag writer;
  Result<Record> record = Error{};  // or why this build does not understand the record
  Opened data = Opened::kOpen;      // of the record's block
  // Of its actor's block, which only a record with a client's key needs to be applied; kOpen for
  // all others.
  Opened actor = Opened::kOpen;

  bool LacksAKey() const { return data == Opened::kLost || actor == Opened::kLost; }
};

// All entries of a partition are decoded with these, which must outlive what uses them.
struct Decoding {
  seal::Keyring& keyring;
  const int partition;
  const int partitions;
  const MadeRecords* made = nullptr;  // nullptr: this process makes none
};

DecodedEntry Decode(const LogEntry& entry, const Decoding& decoding);
// Opens what the record needs to be applied.
void OpenToApply(DecodedEntry* decoded, seal::Keyring& keyring);

// The decoded entries of one batch, one after the other. A second thread decodes a large batch, so
// that the first entries can be applied meanwhile.
class DecodedEntries {
 public:
  // Both must outlive this.
  DecodedEntries(const std::vector<LogEntry>& entries, const Decoding& decoding);
  ~DecodedEntries();
  DecodedEntries(const DecodedEntries&) = delete;
  DecodedEntries& operator=(const DecodedEntries&) = delete;

  // Returns the next entry, waiting until it is decoded; valid until the next call. At most one
  // call for each entry.
  DecodedEntry& Next();

 private:
  void DecodeAll();
  bool WaitForPlaces(size_t index);
  bool Announce(size_t ready);

  const std::vector<LogEntry>& entries_;
  const Decoding& decoding_;
  std::vector<DecodedEntry> decoded_;  // a ring
  size_t next_ = 0;
  size_t known_ready_ = 0;  // ready_ when it was read last
  std::mutex mutex_;
  std::condition_variable announced_;
  std::condition_variable released_changed_;
  size_t ready_ = 0;     // how many entries in decoded_ are decoded
  size_t released_ = 0;  // how many entries the caller is done with
  bool abandoned_ = false;
  std::thread ahead_;
};

}  // namespace contacts
