// The state of a whole tenant: counts, last ids and limit.
#pragma once

#include <cstdint>
#include <optional>

#include "events/model/subject.h"
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

  bool operator==(const TenantModel&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("contactsChanged", contacts_changed), Field("lastContactId", last_contact_id),
       Field("contacts", contacts), Field("lastUserId", last_user_id), Field("users", users),
       Field("contactLimit", contact_limit));
  }
};

// The tenant after the record, whatever the record is about.
TenantModel Evolve(TenantModel before, const Record& record);

// The events that say nothing about chains of entries that are not history.
template <class E>
concept SaysNothingOfChains = !E::kAbout.chain;

// The hash that the disowned entries are chained on; nullopt: the event disowns no entries.
std::optional<Hash> DisownedIn(const Event& event);

}  // namespace contacts
