// What the models of this folder have in common: the words in which they say which event is about
// what, and whose a name is.
#pragma once

#include <concepts>
#include <optional>
#include <string>

namespace contacts {

// For the events that a place does the same with.
template <class E, class... Events>
concept OneOf = (std::same_as<E, Events> || ...);

// The one contact, user or token that an event is about.
template <class Id>
struct Subject {
  Id id;
  bool begins = false;  // with this event: there is no state before it, so nobody looks for one

  bool operator==(const Subject&) const = default;
};

// What one change did to names that no two subjects of a tenant have at the same time.
struct NameChange {
  std::optional<std::string> freed;
  std::optional<std::string> taken;

  bool operator==(const NameChange&) const = default;
};

// `before` became `after`; nullopt: there was none, or there is none any more. It compares states,
// so that it is right for any event. Each Model has a function TakenName.
template <class Model>
NameChange NameChangeOf(const std::optional<Model>& before, const std::optional<Model>& after) {
  NameChange change;
  if (before) change.freed = TakenName(*before);
  if (after) change.taken = TakenName(*after);
  if (change.freed == change.taken) change = {};
  return change;
}

}  // namespace contacts
