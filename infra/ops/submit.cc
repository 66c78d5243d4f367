#include "infra/ops/submit.h"

#include <unistd.h>

#include <utility>

#include "command/validation.h"
#include "events/actor.h"
#include "infra/base/future_of.h"
#include "infra/base/user_name.h"

namespace contacts {
namespace {

// The name and the reason that the record will hold.
struct Operator {
  std::string name = LoginName(geteuid());
  Maybe<std::string> reason;
};

Result<Operator> OperatorOf(const OpsRequest& request) {
  Operator acting;
  if (request.as) acting.name = *request.as;
  if (const auto fault = FaultOfOperatorName(&acting.name)) {
    return Error{ErrorCode::kBadRequest, "The name in --as " + *fault + "."};
  }
  if (!request.reason) return acting;
  std::string reason = *request.reason;
  if (const auto fault = FaultOfReason(&reason)) {
    return Error{ErrorCode::kBadRequest, "The reason " + *fault + "."};
  }
  if (!reason.empty()) acting.reason.emplace(std::move(reason));
  return acting;
}

}  // namespace

std::optional<Error> FaultOfOperator(const OpsRequest& request) {
  const auto acting = OperatorOf(request);
  return acting.ok() ? std::nullopt : std::optional(acting.error());
}

std::optional<Error> SubmitAsOperator(const OpsContext& context, const OpsRequest& request,
                                      const TenantId& tenant, Intent intent) {
  const auto answer = AnswerToOperator(context, request, tenant, std::move(intent));
  return answer.ok() ? std::nullopt : std::optional(answer.error());
}

Result<Answer> AnswerToOperator(const OpsContext& context, const OpsRequest& request,
                                const TenantId& tenant, Intent intent) {
  auto acting = OperatorOf(request);
  if (!acting.ok()) return acting.error();
  Command command;
  command.tenant = tenant;
  command.actor = actors::OfOperator(acting->name);
  command.actor_name = std::move(acting->name);
  command.reason = std::move(acting->reason);
  command.intent = std::move(intent);
  Answer answer = FutureOf<Answer>([&](auto reply) {
                    context.commands.Submit(std::move(command), std::move(reply));
                  }).get();
  if (answer.error) return *std::move(answer.error);
  return answer;
}

Error FaultyRequest(const Faults& faults) {
  std::string message;
  for (const FieldFault& fault : faults.kept()) {
    message += (message.empty() ? "" : "; ") + fault.path.substr(1) + " " + fault.message;
  }
  if (const size_t more = faults.count() - faults.kept().size(); more > 0) {
    message += "; and " + std::to_string(more) + " more";
  }
  return {ErrorCode::kBadRequest, message};
}

Error MissingArgument(const std::string& what) {
  return {ErrorCode::kBadRequest, "The operation needs " + what + "."};
}

Error MissingPassword() { return MissingArgument("a password"); }

}  // namespace contacts
