// The state of a contact, and what each event does to it.
#pragma once

#include <optional>
#include <string>

#include "events/contact.h"
#include "events/model/subject.h"
#include "events/record.h"

namespace contacts {

struct ContactModel {
  Contact contact = {};    // of a contact that is not shown: only its id
  Sequence changed = {};   // of the record that made or last changed it; its ETag
  Sequence first = {};     // the record that made it …
  Sequence last = {};      // … and the newest about it; what `subjectprevious` will be
  int64_t generation = 0;  // of its keys (PastErased)
  bool held = false;       // it must not be erased
  bool withheld = false;   // its data cannot be opened: it was erased, as a later record will say
  Sequence erased = {};    // the record that erased it; 0: it is not erased

  bool IsErased() const { return erased.value > 0; }
  bool IsShown() const { return !withheld && !IsErased(); }
  bool operator==(const ContactModel&) const = default;
};

// The events that say nothing about a contact.
template <class E>
concept SaysNothingOfContacts = !E::kAbout.contact;

// What is left of an erased contact does not depend on what it was, so that a reader that could
// never open its data comes to the same state.

// The contact that the event is about; nullopt: it is not about a contact.
std::optional<Subject<ContactId>> ContactIn(const Event& event);

// The contact of which the event changes what is shown; nullopt: it changes none. A hold or a
// disclosure changes nothing that is shown.
std::optional<ContactId> ShownContactIn(const Event& event);

// The contact after the record; nullopt: it never existed. `before`: the contact that ContactIn
// names, before the record. A record that is not about a contact changes nothing.
std::optional<ContactModel> Evolve(std::optional<ContactModel> before, const Record& record);

inline ContactId IdOf(const ContactModel& contact) { return contact.contact.id; }
// Its e-mail, by FoldEmail; nullopt: it is not shown.
std::optional<std::string> TakenName(const ContactModel& contact);

}  // namespace contacts
