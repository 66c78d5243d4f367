#include "infra/identity/session_actor.h"

namespace contacts {

std::string ActorOf(const Session& session, const actors::Pseudonym& pseudonym) {
  switch (session.origin) {
    case SessionOrigin::kOurs:
      return actors::OfUser(session.user_id);
    case SessionOrigin::kToken:
      return session.user_id.value;  // "token:<id>": machine_tokens.cc
    case SessionOrigin::kAnotherApplication:
      break;
  }
  return actors::OfAnother(session.tenant, session.user_id.value, pseudonym);
}

}  // namespace contacts
