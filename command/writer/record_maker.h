// Makes the record that continues a state from an event that was decided on it, and its bytes.
#pragma once

#include "command/command.h"
#include "command/tenant_state.h"
#include "command/writer/clock.h"
#include "events/record.h"

namespace contacts {

// Each call makes a new id. The record's time is never before the state's.
Record MakeRecord(const TenantState& state, const Command& command, Event event,
                  const World& world);

// The record's bytes, after the check that every reader of `partition` of `partitions` will make:
// they are a record at this place of this tenant's history, and decode to `record`. kInternal: they
// are not, and must not be handed to the log, because no reader would ever take them.
Result<std::string> EncodeJudged(const Record& record, int partition, int partitions);

}  // namespace contacts
