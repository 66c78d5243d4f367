// A command of the operator's, waited for.
#pragma once

#include <optional>

#include "command/command.h"

namespace contacts {

// The error is the refusal.
// `reason`: why, kept in the record.
std::optional<Error> SubmitAsOperator(Commands& commands, const TenantId& tenant, Intent intent,
                                      const std::optional<std::string>& reason = {});

// All faults in one message.
Error FaultyRequest(const std::vector<FieldFault>& faults);
Error MissingArgument(const std::string& what);

}  // namespace contacts
