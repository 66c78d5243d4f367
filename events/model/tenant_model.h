// The state of a whole tenant: counts, last ids and limit.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "events/model/contact_model.h"
#include "events/model/subject.h"
#include "events/model/user_model.h"
#include "events/record.h"

namespace contacts {

// Ids are given one after the other and never reused. The model counts the last one and does not
// read it from the event: an id that a stranger wrote to the log must not make readers look for all
// ids below it.
struct TenantModel {
  Sequence contacts_changed;             // the last position that changed a contact
  ContactId last_contact_id;             // 0: no contact yet
  int64_t contacts = 0;                  // number of contacts
  int64_t last_user_id = 0;              // as a number; 0: no user yet
  int64_t users = 0;                     // number of users
  std::optional<int64_t> contact_limit;  // most contacts; nullopt: no limit
  // The last position that erased somebody or something. Digests of two instances can differ at
  // earlier positions, because one of them could not open what the other one saw.
  Sequence erasure = {};
  int64_t months_erased = 0;  // up to this month (events/values/month.h), without it; 0: none

  bool operator==(const TenantModel&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("contactsChanged", contacts_changed), Field("lastContactId", last_contact_id),
       Field("contacts", contacts), Field("lastUserId", last_user_id), Field("users", users),
       Field("contactLimit", contact_limit), Field("erasure", erasure),
       Field("monthsErased", months_erased));
  }
};

// How many contacts and users an erasure takes away: those that it names and that were still there.
// A tenant's counts alone cannot tell that.
struct Removed {
  int64_t contacts = 0;
  int64_t users = 0;
};

// `contact` and `user` look up a model by its id, before the record; they are called for erasures
// only.
template <class ContactById, class UserById>
Removed RemovedBy(const Record& record, const ContactById& contact, const UserById& user) {
  Removed removed;
  if (!std::holds_alternative<PersonErased>(record.event)) return removed;
  if (const auto subject = ContactIn(record.event)) {
    const std::optional<ContactModel> before = contact(subject->id);
    removed.contacts += before && !before->IsErased();
  }
  for (const auto& subject : UsersIn(record.event)) removed.users += user(subject.id).has_value();
  return removed;
}

// The tenant after the record, whatever the record is about.
TenantModel Evolve(TenantModel before, const Record& record, const Removed& removed);

// The events that say nothing about chains of entries that are not history.
template <class E>
concept SaysNothingOfChains = !E::kAbout.chain;

// The hash that the disowned entries are chained on; nullopt: the event disowns no entries.
std::optional<Hash> DisownedIn(const Event& event);

}  // namespace contacts
