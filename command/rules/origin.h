// Tells whether an event can come from a command, for keys that name an attempt: the record of the
// attempt has no hash of the request, because the command had no key when the record was made.
#pragma once

#include "command/command.h"
#include "command/tenant_state.h"

namespace contacts {

// Whether the intent could have made the event: each field of the intent that the event keeps is
// equal. For a refusal only the kind of command is compared. `state` has the users that are named.
bool IsEventOf(const Event& event, const Intent& intent, const TenantState& state);

}  // namespace contacts
