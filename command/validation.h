// What a request's values must keep to beyond their types. Every fault at once, each with its path.
#pragma once

#include <vector>

#include "command/command.h"
#include "events/error.h"

namespace contacts {

// Trims what is trimmed by the contract, in place, and adds the faults. True: none was added.
bool Validate(CreateContact* command, std::vector<FieldFault>* faults);
bool Validate(AddUser* command, std::vector<FieldFault>* faults);
bool Validate(ChangeUser* command, std::vector<FieldFault>* faults);
bool Validate(IssueToken* command, std::vector<FieldFault>* faults);

}  // namespace contacts
