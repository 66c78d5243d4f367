// What a request's values must keep to beyond their types. Every fault at once, each with its path.
#pragma once

#include <optional>
#include <string>

#include "command/command.h"
#include "events/json/faults.h"

namespace contacts {

// Trims what is trimmed by the contract, in place, and adds the faults. True: none was added. A
// text that may be empty and has nothing that can be seen becomes empty.
bool Validate(CreateContact* command, Faults* faults);
bool Validate(AddUser* command, Faults* faults);
bool Validate(ChangeUser* command, Faults* faults);
bool Validate(IssueToken* command, Faults* faults);

// Why somebody does something, at most 500 characters; trimmed, and emptied, in the same way. What
// is wrong goes behind its name in a message; nullopt: nothing.
std::optional<std::string> FaultOfReason(std::string* reason);

// The name that an operator gives, as records show it: 1 to 254 characters, one of them visible;
// trimmed in the same way.
std::optional<std::string> FaultOfOperatorName(std::string* name);

}  // namespace contacts
