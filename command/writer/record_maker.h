// Puts an event that was decided on a state into the record that continues it, and the record into
// bytes.
#pragma once

#include "command/command.h"
#include "command/tenant_state.h"
#include "command/writer/clock.h"
#include "events/record.h"

namespace contacts {

// A new id each time; the record's time is never before the state's.
Record MakeRecord(const TenantState& state, const Command& command, Event event,
                  const World& world);

// Its bytes, once they have passed the judgement that every reader of `partition` of `partitions`
// will pass on them: they are a record of ours, at this place of this tenant's history, and say the
// same as `record`. kInternal: they did not, and must not be handed to the log, where their place
// would stay free for ever.
Result<std::string> EncodeJudged(const Record& record, int partition, int partitions);

}  // namespace contacts
