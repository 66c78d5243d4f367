// A command of the operator's, waited for.
#pragma once

#include <optional>

#include "command/command.h"
#include "events/json/faults.h"
#include "infra/ops/operations.h"

namespace contacts {

// What is wrong with the name that the operator gives, or with the reason; nullopt: nothing.
std::optional<Error> FaultOfOperator(const OpsRequest& request);

// The error is the refusal, or what is wrong with the request. Its `as` and `reason` are kept in
// the record; the actor is the operator whatever name is given.
std::optional<Error> SubmitAsOperator(const OpsContext& context, const OpsRequest& request,
                                      const TenantId& tenant, Intent intent);

// The faults in one message; each is that of a field.
Error FaultyRequest(const Faults& faults);
Error MissingArgument(const std::string& what);

}  // namespace contacts
