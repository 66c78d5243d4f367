// The read models of contacts: the list, the mentions, and whose e-mail is whose.
#pragma once

#include "events/model/contact_model.h"
#include "events/record.h"
#include "projections/store/round.h"

namespace contacts {

// What a mention shows of a contact.
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

// The rows of a contact that was `before` are those of `after` from now on; nullopt: there was
// none, or there is none any more.
void ShowContact(const TenantId& tenant, const std::optional<ContactModel>& before,
                 std::optional<ContactModel> after, Round* round);

}  // namespace contacts
