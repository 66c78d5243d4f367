// The read models of contacts: the list, the mentions, and which contact has which e-mail.
#pragma once

#include "events/model/contact_model.h"
#include "events/record.h"
#include "projections/store/round.h"

namespace contacts {

// The fields of a contact that a mention shows.
struct Mention {
  ContactId id;
  std::string full_name;
  std::optional<std::string> mention_name;
  std::string email;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("id", id), Field("fullName", full_name), Field("mentionName", mention_name),
       Field("email", email));
  }
};

void ApplyToContacts(const Record& record, Round* round);

// The contact as its rows have it, shown or not; nullopt: it never existed.
std::optional<ContactModel> ContactInRows(const TenantId& tenant, ContactId id, const Round& round);

// Changes the rows of a contact from those of `before` to those of `after`; nullopt: the contact
// did not exist before, or does not exist after.
void ShowContact(const TenantId& tenant, const std::optional<ContactModel>& before,
                 std::optional<ContactModel> after, Round* round);

}  // namespace contacts
