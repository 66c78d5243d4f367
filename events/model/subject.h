// The types that all models share: an event's subject, and the names that a change frees and takes.
#pragma once

#include <optional>
#include <string>

#include "events/events.h"

namespace contacts {

// The one contact, user or token that an event is about.
template <class Id>
struct Subject {
  Id id;
  bool begins = false;  // with this event: it has no state before it, so callers look up none

  bool operator==(const Subject&) const = default;
};

// The names that one change frees and takes. No two subjects of a tenant have the same name.
struct NameChange {
  std::optional<std::string> freed;
  std::optional<std::string> taken;

  bool operator==(const NameChange&) const = default;
};

// `before` became `after`; nullopt: the subject did not exist before, or does not exist after. It
// compares states, so that it is right for any event. Each Model has a function TakenName.
template <class Model>
NameChange NameChangeOf(const std::optional<Model>& before, const std::optional<Model>& after) {
  NameChange change;
  if (before) change.freed = TakenName(*before);
  if (after) change.taken = TakenName(*after);
  if (change.freed == change.taken) change = {};
  return change;
}

}  // namespace contacts
