// A command of the operator's, waited for.
#pragma once

#include <optional>

#include "command/command.h"
#include "events/json/faults.h"

namespace contacts {

// The error is the refusal.
// `reason`: why, kept in the record.
std::optional<Error> SubmitAsOperator(Commands& commands, const TenantId& tenant, Intent intent,
                                      const std::optional<std::string>& reason = {});

// The faults in one message; each is that of a field.
Error FaultyRequest(const Faults& faults);
Error MissingArgument(const std::string& what);

}  // namespace contacts
