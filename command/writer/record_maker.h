// Makes the record that continues a state from an event that was decided on it, and its bytes.
#pragma once

#include <string>

#include "command/command.h"
#include "command/tenant_state.h"
#include "command/writer/clock.h"
#include "events/record.h"
#include "events/seal/keyring.h"

namespace contacts {

// Each call makes a new id. The record's time is never before the state's. It names no key tree if
// the state has none, and then cannot be encoded.
Record MakeRecord(const TenantState& state, const Command& command, Event event,
                  const World& world);

struct EncodedRecord {
  Record record;  // as a reader decodes and opens it
  std::string bytes;
};

// The record and its bytes, after the check that every reader of `partition` of `partitions` will
// make: they are a record at this place of this tenant's history, and decode and open to `record`.
// kInternal: they are not, and must not be handed to the log, because no reader would ever take
// them. kGone: it is about a person who was erased. kUnavailable: keys are missing.
Result<EncodedRecord> EncodeJudged(Record record, seal::Keyring& keyring, int partition,
                                   int partitions);

}  // namespace contacts
