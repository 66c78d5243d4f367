#include <set>
#include <string_view>

#include "command/rules/subjects.h"
#include "events/erasure.h"
#include "events/seal/leaf.h"
#include "events/values/month.h"

namespace contacts {
namespace {

// The ids of actors that are machines begin with it (events/actor.h).
constexpr std::string_view kToken = "token:";

Error Held(ContactId contact) {
  return {ErrorCode::kConflict,
          rules::Named(contact) +
              " is under legal hold; lift the hold before anything of it is erased"};
}

// Why the actor cannot be erased; nullopt: it can.
std::optional<Error> FaultOfActor(const TenantState& state, const std::string& actor) {
  if (actor.starts_with(kToken)) {
    return rules::Conflict(actor + " is a machine's token and no person; revoke it instead");
  }
  // The id of a user that will be given later must not be erased before.
  const bool is_user = actor.find(':') == actor.npos;
  if (is_user && !state.UserById(UserId{actor})) {
    return Error{ErrorCode::kNotFound, "there is no user " + actor};
  }
  return std::nullopt;
}

bool IsHeld(const TenantState& state, ContactId id) {
  const auto contact = state.ContactById(id);
  return contact && contact->held;
}

// The contact under hold for which the actor acts; nullopt: none.
std::optional<ContactId> HoldOn(const TenantState& state, const std::string& actor) {
  for (const ContactId contact : state.ContactsOf(actor)) {
    if (IsHeld(state, contact)) return contact;
  }
  return std::nullopt;
}

// The first erasure, for somebody who is erased already.
Decision AnswerAgain(const TenantState& state, Sequence erased) {
  if (auto record = state.RecordAt(erased)) return Replayed{*std::move(record)};
  return NothingChanged{ErasePerson::kName, std::nullopt, std::nullopt};
}

}  // namespace

namespace rules {

Decision DecideOn(const TenantState& state, const ErasePerson& erase) {
  PersonErased event{erase.contact_id, {}, erase.ground};
  std::set<std::string> actors;
  std::optional<Sequence> erased;  // the first erasure that was found
  for (const std::string& actor : erase.actors) {
    if (const auto at = state.ErasureOf(actor)) {
      if (!erased) erased = at;
    } else if (auto fault = FaultOfActor(state, actor)) {
      return *std::move(fault);
    } else {
      actors.insert(actor);
    }
  }
  bool is_new = !actors.empty();
  if (erase.contact_id) {
    const auto contact = state.ContactById(*erase.contact_id);
    if (!contact) return NoContact(*erase.contact_id);
    if (contact->held) return Held(*erase.contact_id);
    if (contact->IsErased()) {
      erased = contact->erased;
    } else {
      is_new = true;
      actors.merge(state.ActorsOf(*erase.contact_id));
    }
  }
  if (!is_new && erased) return AnswerAgain(state, *erased);
  if (!is_new) return Conflict("name a contact or an actor to erase");
  for (const std::string& actor : actors) {
    if (const auto held = HoldOn(state, actor)) return Held(*held);
    if (!actor.starts_with(kToken) && !state.ErasureOf(actor)) {
      event.actors.push_back(actor);
    }
  }
  return Event(std::move(event));
}

Decision DecideOn(const TenantState& state, const ErasePast& erase) {
  auto contact = ShownContact(state, erase.contact_id);
  if (!contact) return contact.error();
  if (contact->held) return Held(erase.contact_id);
  if (contact->generation >= seal::kMaxGeneration) {
    return Conflict("the past of " + Named(erase.contact_id) + " was erased too often");
  }
  PastErased event{erase.contact_id, contact->generation + 1, std::move(contact->contact.fields),
                   contact->contact.created_at, std::nullopt};
  // The account's name was sealed with the past, whoever else was seen with the contact.
  for (const UserModel& user : UsersOf(state, erase.contact_id)) {
    event.account = Account{user.user_id, user.username, user.state.role};
  }
  return Event(std::move(event));
}

Decision DecideOn(const TenantState& state, const EraseMonths& erase) {
  const auto before = ParseMonth(erase.before);
  if (!before) return Conflict("'" + erase.before + "' is not a month; write it as 2026-05");
  if (*before > MonthOf(erase.now)) {
    return Conflict(erase.before + " is in the future; only months that are over can be erased");
  }
  if (*before <= state.model().months_erased) {
    return NothingChanged{EraseMonths::kName, std::nullopt, std::nullopt};
  }
  return Event(MonthErased{erase.before});
}

Decision DecideOn(const TenantState& state, const PlaceHold& place) {
  const auto contact = ShownContact(state, place.contact_id);
  if (!contact) return contact.error();
  if (contact->held) return NothingChanged{PlaceHold::kName, place.contact_id, std::nullopt};
  return Event(HoldPlaced{place.contact_id});
}

Decision DecideOn(const TenantState& state, const LiftHold& lift) {
  const auto contact = state.ContactById(lift.contact_id);
  if (!contact) return NoContact(lift.contact_id);
  if (!contact->held) return NothingChanged{LiftHold::kName, lift.contact_id, std::nullopt};
  return Event(HoldLifted{lift.contact_id});
}

Decision DecideOn(const TenantState& state, const NoteDisclosure& note) {
  if (note.contact_id) {
    const auto contact = ShownContact(state, *note.contact_id);
    if (!contact) return contact.error();
  }
  return Event(Disclosed{note.contact_id, note.recipient, note.from, note.to});
}

}  // namespace rules
}  // namespace contacts
