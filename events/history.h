// The rule by which every reader tells history from superseded entries. Pure: no clock, no I/O.
//
// clang-format off
//   An entry in partition P(tenant) is history if and only if
//     its `sequence` is its tenant's head + 1 and
//     its `previous` is the SHA-256 of the head's bytes.
//   It then becomes the head. Any other entry is superseded.
//
// Grammar of an entry that can be history: one JSON object (events/json/json.h: RFC 8259, valid
// UTF-8, at most 1,000,000 bytes, depth at most 32, no member twice) without the white space that
// RFC 8259 allows around it. These members are written without an escape in name or value:
//   "tenant"    string, [A-Za-z0-9][A-Za-z0-9._-]{0,63}, equal to the entry's key
//   "sequence"  number, [1-9][0-9]{0,14}
//   "previous"  string, 64 lower-case hex digits
// The rule reads nothing else of the entry.
// clang-format on
#pragma once

#include <string>
#include <string_view>

#include "events/json/json.h"
#include "events/values/hash.h"
#include "events/values/ids.h"
#include "events/values/result.h"

namespace contacts {

// The newest record of a tenant's history; sequence 0 and a zero hash: the history is empty.
struct Head {
  Sequence sequence;
  Hash hash;
  auto operator<=>(const Head&) const = default;
};

// The part of an entry that the rule reads.
struct Slot {
  TenantId tenant;
  Sequence sequence;
  Hash previous;
};

// The entry's slot, or why an entry in `partition` of `partitions` cannot be history whatever came
// before it.
Result<Slot> ReadSlot(std::string_view key, std::string_view value, int partition, int partitions);
// Takes a value that is already parsed.
Result<Slot> ReadSlot(std::string_view key, const json::Document& value, int partition,
                      int partitions);

inline bool IsHistory(const Head& head, const Slot& slot) {
  return slot.sequence == Next(head.sequence) && slot.previous == head.hash;
}

// (murmur2(bytes of tenant) & 0x7fffffff) mod partitions, as Kafka's Java client places a key.
int PartitionOf(const TenantId& tenant, int partitions);

}  // namespace contacts
