// What a request's values must keep to beyond their types. Every fault at once, each with its path.
#pragma once

#include "command/command.h"
#include "events/json/faults.h"

namespace contacts {

// Trims what is trimmed by the contract, in place, and adds the faults. True: none was added.
bool Validate(CreateContact* command, Faults* faults);
bool Validate(AddUser* command, Faults* faults);
bool Validate(ChangeUser* command, Faults* faults);
bool Validate(IssueToken* command, Faults* faults);

}  // namespace contacts
