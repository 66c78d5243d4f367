#include "command/rules/decide.h"

#include "command/idempotency.h"
#include "command/rules/origin.h"
#include "command/rules/subjects.h"
#include "events/sealed_record.h"

namespace contacts {
namespace {

bool IsRemembered(ErrorCode code) {
  return code == ErrorCode::kNotFound || code == ErrorCode::kPreconditionFailed || IsConflict(code);
}

// The key of the request's hash was erased, so nobody can tell whether this request is the same.
Error GoneWith(const std::string& what) {
  Error error{ErrorCode::kGone, what + " was erased"};
  error.code_name = "erased";
  return error;
}

// Why an earlier answer cannot be given again; nullopt: it can be.
std::optional<Error> NotToldAgain(const TenantState& state, const Record& record) {
  if (record.data_withheld) {
    return GoneWith("whoever the first request with this key was about");
  }
  if (HasActorBlock(record) && state.IsMonthErased(record)) {
    return GoneWith("the month of the first request with this key");
  }
  if (!record.sealed_data && !record.sealed_actor) return std::nullopt;
  constexpr int kRetrySeconds = 5;
  return Error{ErrorCode::kUnavailable,
               "the keys of the first answer to this key are not at hand",
               {},
               kRetrySeconds};
}

bool IsOfTheSameRequest(const Record& record, const Command& command) {
  return record.requestkey && record.envelope.requesthash &&
         RequestHash(*record.requestkey, command.request) == *record.envelope.requesthash;
}

// The first answer to the command's key, if there is one.
std::optional<Decision> DecideOnKey(const TenantState& state, const Command& command) {
  if (std::optional<Record> first = state.FirstUse(command.actor, *command.key)) {
    if (auto fault = NotToldAgain(state, *first)) return *std::move(fault);
    if (!IsOfTheSameRequest(*first, command)) return KeyReused();
    return Replayed{*std::move(first)};
  }
  if (const auto attempt = ParseAttemptKey(*command.key)) {
    std::optional<Record> record = state.RecordAt(attempt->position.sequence);
    if (record && record->envelope.id == attempt->id) {
      if (record->envelope.actor != command.actor) return KeyReused();
      if (auto fault = NotToldAgain(state, *record)) return *std::move(fault);
      const bool same = record->envelope.requesthash
                            ? IsOfTheSameRequest(*record, command)
                            : IsEventOf(record->event, command.intent, state);
      if (!same) return KeyReused();
      return Replayed{*std::move(record)};
    }
    if (state.IsLost(attempt->position)) return KeyLost(*command.key);
  }
  return std::nullopt;
}

}  // namespace

Decision Decide(const TenantState& state, const Command& command) {
  // Its session began before, and its name and keys must not be recorded once more.
  if (state.ErasureOf(command.actor)) {
    return Error{ErrorCode::kUnauthenticated, "whoever sent this command was erased"};
  }
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
    return Event(Refusal(NameOf(command.intent), *error));
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
    answer.error->contact_id = refused->contact_id;
    answer.error->user_id = refused->user_id;
    answer.error->is_active = refused->is_active;
  }
  return answer;
}

const char* NameOf(const Intent& intent) {
  return std::visit([]<class I>(const I&) { return I::kName; }, intent);
}

}  // namespace contacts
