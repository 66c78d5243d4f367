// The state of a contact, and what each event does to it.
#pragma once

#include <optional>
#include <string>

#include "events/contact.h"
#include "events/model/subject.h"
#include "events/record.h"

namespace contacts {

struct ContactModel {
  Contact contact;
  Sequence changed;  // of the record that made or last changed it; its ETag

  bool operator==(const ContactModel&) const = default;
};

// The events that say nothing about a contact.
template <class E>
concept SaysNothingOfContacts = !E::kAbout.contact;

// The contact that the event is about; nullopt: it is not about a contact.
std::optional<Subject<ContactId>> ContactIn(const Event& event);

// The contact after the record; nullopt: it does not exist. `before`: the contact that ContactIn
// names, before the record. A record that is not about a contact changes nothing.
std::optional<ContactModel> Evolve(std::optional<ContactModel> before, const Record& record);

inline ContactId IdOf(const ContactModel& contact) { return contact.contact.id; }
// Its e-mail, by FoldEmail.
std::optional<std::string> TakenName(const ContactModel& contact);

}  // namespace contacts
