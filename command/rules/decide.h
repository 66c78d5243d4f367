// Every business rule, and nothing else: what a command comes to in a given state. Pure: no clock,
// no randomness, no logging, no I/O but the look-ups of TenantState, which throw StoreFailure. The
// rules of each subject are in a file of their own (subjects.h).
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "command/command.h"
#include "command/tenant_state.h"

namespace contacts {

// The command was answered before, by this record, which is history or pending.
struct Replayed {
  Record record;
};

// The outcome of a command: an event, nothing to change, a refusal, or the first answer to its key.
using Decision = std::variant<Event, NothingChanged, Error, Replayed>;

Decision Decide(const TenantState& state, const Command& command);

// The event that the decision adds to history. Refusals and "nothing changed" become history only
// for a command with a client's key. nullopt: the decision is an answer without a record.
std::optional<Event> RecordedEvent(const Decision& decision, const Command& command);

// The answer that a record of history gives to its caller, and to any later caller with its key.
Answer AnswerOf(const Record& record);

const char* NameOf(const Intent& intent);

// Why the link does not let its user set a password; nullopt: it does. The error is the same for a
// link that never existed, was used, was replaced or has expired, and for a disabled user. `user`:
// the user that the link names, if there is one.
std::optional<Error> FaultOf(const std::optional<UserModel>& user, const ShownInvitation& link);

}  // namespace contacts
