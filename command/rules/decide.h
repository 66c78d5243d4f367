// Every business rule, and nothing else: what a command comes to in a given state. Pure: no clock,
// no random, no logging, no I/O but the look-ups of TenantState. The rules of each subject have a
// file of their own (subjects.h).
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "command/command.h"
#include "command/tenant_state.h"

namespace contacts {

// The command was answered before: by this record of history, or of what is pending.
struct Replayed {
  Record record;
};

// What the command comes to: an event that changes something, nothing to change, a refusal, or the
// first answer to its key.
using Decision = std::variant<Event, NothingChanged, Error, Replayed>;

Decision Decide(const TenantState& state, const Command& command);

// The event of a decision that is to be history; a refusal and "nothing changed" are history only
// for a command with a client's key. nullopt: it is an answer without a record.
std::optional<Event> RecordedEvent(const Decision& decision, const Command& command);

// The answer that a record of history gives: the same for the first caller and for any later one
// with its key.
Answer AnswerOf(const Record& record);

const char* NameOf(const Intent& intent);

// Why the invitation does not let its user set a password; the same for a link that never was, was
// used, was followed by another, or has expired, and while the user is disabled. `user`: the one
// that it names, if there is one.
std::optional<Error> FaultOf(const std::optional<UserModel>& user, const ShownInvitation& link);

}  // namespace contacts
