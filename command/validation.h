// The rules of a request's values, beyond their types. All faults together, each with its path.
#pragma once

#include <optional>
#include <string>

#include "command/command.h"
#include "events/json/faults.h"

namespace contacts {

// Trims the values in place where the contract says so, and adds the faults. True: no fault was
// added. A text that may be empty and has no visible character becomes empty.
bool Validate(CreateContact* command, Faults* faults);
bool Validate(ContactPart* patch, Faults* faults);
bool Validate(AddUser* command, Faults* faults);
bool Validate(ChangeUser* command, Faults* faults);
bool Validate(IssueToken* command, Faults* faults);

// Checks the reason that a request gives: at most 500 characters. Trims and empties it as above.
// Returns a message that follows the value's name; nullopt: no fault.
std::optional<std::string> FaultOfReason(std::string* reason);

// Checks the operator's name, which records show: 1 to 254 characters, as a new user's name may
// hold them, at least one of them visible. Trims it as above.
std::optional<std::string> FaultOfOperatorName(std::string* name);

}  // namespace contacts
