// A contact as its history makes it.
#pragma once

#include <optional>
#include <string>

#include "events/contact.h"
#include "events/model/subject.h"
#include "events/record.h"

namespace contacts {

struct ContactModel {
  Contact contact;
  Sequence changed;  // the record that made or last changed it: its ETag

  bool operator==(const ContactModel&) const = default;
};

// The events that say nothing about a contact.
template <class E>
concept SaysNothingOfContacts = !E::kAbout.contact;

// The contact that the event is about; nullopt: it is about none.
std::optional<Subject<ContactId>> ContactIn(const Event& event);

// The contact after the record; nullopt: there is none. `before`: the contact that ContactIn names,
// before the record. A record that is about no contact changes nothing.
std::optional<ContactModel> Evolve(std::optional<ContactModel> before, const Record& record);

inline ContactId IdOf(const ContactModel& contact) { return contact.contact.id; }
// Its e-mail, by FoldEmail.
std::optional<std::string> TakenName(const ContactModel& contact);

}  // namespace contacts
