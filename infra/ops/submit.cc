#include "infra/ops/submit.h"

#include <future>
#include <memory>
#include <utility>

#include "events/actor.h"

namespace contacts {

std::optional<Error> SubmitAsOperator(Commands& commands, const TenantId& tenant, Intent intent,
                                      const std::optional<std::string>& reason) {
  Command command;
  command.tenant = tenant;
  command.actor = actors::kOperator;
  command.actor_name = actors::kOperator;
  if (reason) command.reason.emplace(*reason);
  command.intent = std::move(intent);
  const auto answered = std::make_shared<std::promise<Answer>>();
  auto answer = answered->get_future();
  commands.Submit(std::move(command),
                  [answered](const Answer& given) { answered->set_value(given); });
  return answer.get().error;
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

}  // namespace contacts
