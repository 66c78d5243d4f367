// Puts an event that was decided on a state into the record that continues it.
#pragma once

#include "command/clock.h"
#include "command/command.h"
#include "command/tenant_state.h"
#include "events/record.h"

namespace contacts {

// A new id each time; the record's time is never before the state's.
Record MakeRecord(const TenantState& state, const Command& command, Event event,
                  const World& world);

}  // namespace contacts
