// Submits a command for the operator and waits for its answer.
#pragma once

#include <optional>

#include "command/command.h"
#include "events/json/faults.h"
#include "infra/ops/operations.h"

namespace contacts {

// The fault of the operator's name or reason; nullopt: none.
std::optional<Error> FaultOfOperator(const OpsRequest& request);

// Returns the refusal, or the fault of the request; nullopt: done. The record keeps `as` and
// `reason`; its actor is the operator whatever the name.
std::optional<Error> SubmitAsOperator(const OpsContext& context, const OpsRequest& request,
                                      const TenantId& tenant, Intent intent);

// All faults of fields in one message.
Error FaultyRequest(const Faults& faults);
Error MissingArgument(const std::string& what);
// Returned once everything but the password is right, so that a person is asked for it last.
Error MissingPassword();

}  // namespace contacts
