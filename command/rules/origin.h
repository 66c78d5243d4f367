// Which command an event may come from, for keys that name an attempt: its record has no hash of
// the request, because nobody had given the command a key yet.
#pragma once

#include "command/command.h"
#include "command/tenant_state.h"

namespace contacts {

// The intent, decided, could have made the event; each of its fields that the event keeps is the
// same. Of a refusal only the kind of command is known. `state`: has the users that are named.
bool IsEventOf(const Event& event, const Intent& intent, const TenantState& state);

}  // namespace contacts
