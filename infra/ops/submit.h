// Submits a command for the operator and waits for its answer.
#pragma once

#include <optional>

#include "command/command.h"
#include "events/json/faults.h"
#include "infra/ops/operations.h"

namespace contacts {

// The fault of the operator's name or reason; nullopt: none.
std::optional<Error> FaultOfOperator(const OpsRequest& request);

// Returns the refusal, or the fault of the request; nullopt: done. The record keeps `as`, by
// default the login name of this process's user, and `reason`. Its actor is operator:<name>.
std::optional<Error> SubmitAsOperator(const OpsContext& context, const OpsRequest& request,
                                      const TenantId& tenant, Intent intent);

// The same for an operation that shows what the answer holds.
Result<Answer> AnswerToOperator(const OpsContext& context, const OpsRequest& request,
                                const TenantId& tenant, Intent intent);

// All faults of fields in one message.
Error FaultyRequest(const Faults& faults);
Error MissingArgument(const std::string& what);
// Returned once everything but the password is right, so that a person is asked for it last.
Error MissingPassword();

}  // namespace contacts
