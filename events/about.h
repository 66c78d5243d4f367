// The subjects that an event changes, and for whom it is sealed.
#pragma once

#include <concepts>

namespace contacts {

// The subjects that an event changes. A model or view of such a subject does not compile until it
// handles the event; all others ignore the event.
struct About {
  bool contact = false;
  bool user = false;
  bool token = false;
  bool tenant = false;  // its counts, last ids, limit and erasures
  bool actor = false;   // what was recorded of the people who acted
  bool chain = false;   // a chain of entries that were stepped over
};

// For whom the data block of an event's records is sealed (events/record.h). Of kActor there is no
// such block: its reason is in the actor's block.
enum class SealedFor { kContact, kUser, kActor };

// Matches any of Events, so that one function handles several events alike.
template <class E, class... Events>
concept OneOf = (std::same_as<E, Events> || ...);

}  // namespace contacts
