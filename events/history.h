// The rule by which every reader tells history from what was superseded. Pure: no clock, no I/O.
//
//   An entry in partition P(tenant) is history if and only if its `sequence` is its tenant's head +
//   1 and its `previous` is the SHA-256 of the head's bytes. It then becomes the head. Any other
//   entry is superseded.
//
// Grammar of an entry that can be history: one JSON object (events/json/json.h: RFC 8259, valid
// UTF-8, at most 1,000,000 bytes, depth at most 32, no member twice) with white space around it
// allowed by RFC 8259 refused, whose members
//   "tenant"    string, [A-Za-z0-9][A-Za-z0-9._-]{0,63}, equal to the entry's key
//   "sequence"  number, [1-9][0-9]{0,14}
//   "previous"  string, 64 lower-case hex digits
// are written with no escape in name or value. Nothing else of it plays a part.
#pragma once

#include <string>
#include <string_view>

#include "events/json/json.h"
#include "events/values/hash.h"
#include "events/values/ids.h"
#include "events/values/result.h"

namespace contacts {

// The newest record of a tenant's history; sequence 0 with a zero hash: none yet.
struct Head {
  Sequence sequence;
  Hash hash;
  auto operator<=>(const Head&) const = default;
};

// The part of an entry that the rule looks at.
struct Slot {
  TenantId tenant;
  Sequence sequence;
  Hash previous;
};

// Its slot, or why the entry in `partition` of `partitions` cannot be history whatever came before.
Result<Slot> ReadSlot(std::string_view key, std::string_view value, int partition, int partitions);
// Of a value that is parsed already.
Result<Slot> ReadSlot(std::string_view key, const json::Document& value, int partition,
                      int partitions);

inline bool IsHistory(const Head& head, const Slot& slot) {
  return slot.sequence == Next(head.sequence) && slot.previous == head.hash;
}

// (murmur2(bytes of tenant) & 0x7fffffff) mod partitions, as Kafka's Java client places a key.
int PartitionOf(const TenantId& tenant, int partitions);

}  // namespace contacts
