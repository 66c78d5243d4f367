// Every business rule, and nothing else: what a command comes to in a given state. Pure: no clock,
// no random, no I/O, no logging.
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

// The HMAC of a request by which a repeated key is told from a reused one. `key`: hex digits.
std::string RequestHash(const std::string& key, const std::string& request);

// A key that a 503 gives out for a command without one. It names the one attempt that is pending,
// by its place in history and the record's id, so that any instance can tell what became of it.
//   attempt.<sequence>.<id>
std::string AttemptKey(Sequence sequence, const std::string& id);
struct AttemptName {
  Sequence sequence;
  std::string id;
};
std::optional<AttemptName> ParseAttemptKey(const std::string& key);

const char* NameOf(const Intent& intent);

// Why the invitation does not let its user set a password; the same for a link that never was, was
// used, was followed by another, or has expired. `user`: the one that it names, if there is one.
std::optional<Error> FaultOf(const std::optional<UserModel>& user, const ShownInvitation& link);

}  // namespace contacts
