#include "infra/api/submit.h"

#include <utility>

#include "command/rules/decide.h"
#include "infra/api/command_headers.h"

namespace contacts::api {

void Submit(const ExchangePtr& exchange, const std::string& path, Intent intent, Answered answered,
            Refused refused) {
  Command command = exchange->NewCommand();
  if (const auto error = AddHeaders(exchange->request, path, &command))
    return exchange->Fail(*error);
  command.intent = std::move(intent);
  const char* const name = NameOf(command.intent);
  Command who = exchange->NewCommand();
  who.reason = command.reason;
  const bool remembered = command.key.has_value();  // then a refusal is a record of its own
  if (exchange->gone()) return;  // a client that got the late 503 has no key to retry with
  exchange->state().context.commands.Submit(
      std::move(command),
      [exchange, name, remembered, who = std::move(who), answered = std::move(answered),
       refused = std::move(refused)](const Answer& answer) {
        exchange->Run([&](const ExchangePtr&) {
          if (!answer.error) return answered(exchange, answer);
          if (refused) return refused(exchange, *answer.error, answer);
          exchange->Fail(*answer.error, exchange->PositionOf(answer));
        });
        if (answer.error && !remembered) exchange->state().notes.Note(who, name, *answer.error);
      });
}

}  // namespace contacts::api
