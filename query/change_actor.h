// Who made a change, as clients are told.
#pragma once

#include <optional>
#include <string>

#include "events/record.h"
#include "events/values/field.h"

namespace contacts::query {

struct ChangeActor {
  std::string id;                   // as records name it (events/actor.h)
  std::optional<std::string> name;  // at that time; nullopt: not known, or erased since

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("id", id), Field("name", name));
  }
};

// The actor of a record whose blocks were opened as far as possible (Past::RecordAt).
inline ChangeActor ActorOfChange(const Envelope& envelope) {
  ChangeActor actor{envelope.actor, std::nullopt};
  if (!envelope.actorname.empty()) actor.name = envelope.actorname;
  return actor;
}

}  // namespace contacts::query
