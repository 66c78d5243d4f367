// Names the actor of a session in records.
#pragma once

#include <string>

#include "events/actor.h"
#include "infra/identity/sessions.h"

namespace contacts {

// Sessions of different origins never have the same actor, whatever their ids. Empty: the id must
// not be recorded as it is, and `pseudonym` gives nothing for it. Any thread.
std::string ActorOf(const Session& session, const actors::Pseudonym& pseudonym);

}  // namespace contacts
