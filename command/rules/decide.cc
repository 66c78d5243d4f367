#include "command/rules/decide.h"

#include "command/idempotency.h"
#include "command/rules/origin.h"
#include "command/rules/subjects.h"

namespace contacts {
namespace {

bool IsRemembered(ErrorCode code) {
  return code == ErrorCode::kNotFound || code == ErrorCode::kConflict ||
         code == ErrorCode::kPreconditionFailed;
}

bool IsOfTheSameRequest(const Record& record, const Command& command) {
  return record.requestkey && record.envelope.requesthash &&
         RequestHash(*record.requestkey, command.request) == *record.envelope.requesthash;
}

// The first answer to the command's key, if there is one.
std::optional<Decision> DecideOnKey(const TenantState& state, const Command& command) {
  if (std::optional<Record> first = state.FirstUse(command.actor, *command.key)) {
    if (!IsOfTheSameRequest(*first, command)) return KeyReused(*command.key);
    return Replayed{*std::move(first)};
  }
  if (const auto attempt = ParseAttemptKey(*command.key)) {
    std::optional<Record> record = state.RecordAt(attempt->sequence);
    if (record && record->envelope.id == attempt->id) {
      const bool same = record->envelope.requesthash
                            ? IsOfTheSameRequest(*record, command)
                            : IsEventOf(record->event, command.intent, state);
      if (!same || record->envelope.actor != command.actor) return KeyReused(*command.key);
      return Replayed{*std::move(record)};
    }
  }
  return std::nullopt;
}

}  // namespace

Decision Decide(const TenantState& state, const Command& command) {
  if (command.key) {
    if (auto answered = DecideOnKey(state, command)) return *std::move(answered);
  }
  if (!state.closed().empty() && !std::holds_alternative<DisownChain>(command.intent)) {
    return Error{ErrorCode::kUnavailable, "this tenant takes no writes: " + state.closed(), {}, 30};
  }
  return std::visit([&](const auto& intent) { return rules::DecideOn(state, intent); },
                    command.intent);
}

std::optional<Event> RecordedEvent(const Decision& decision, const Command& command) {
  if (const auto* event = std::get_if<Event>(&decision)) return *event;
  if (!command.key) return std::nullopt;
  if (const auto* nothing = std::get_if<NothingChanged>(&decision)) return Event(*nothing);
  if (const auto* error = std::get_if<Error>(&decision); error && IsRemembered(error->code)) {
    return Event(CommandRefused{NameOf(command.intent), error->code, error->message, 0});
  }
  return std::nullopt;
}

Answer AnswerOf(const Record& record) {
  Answer answer;
  answer.event = record.event;
  answer.time = record.envelope.time;
  answer.position = record.envelope.sequence;
  if (const auto* refused = std::get_if<CommandRefused>(&record.event)) {
    answer.error = Error{refused->code, refused->message};
  }
  return answer;
}

const char* NameOf(const Intent& intent) {
  return std::visit([]<class I>(const I&) { return I::kName; }, intent);
}

}  // namespace contacts
