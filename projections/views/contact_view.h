// The read models of contacts: the list, the mentions, and whose e-mail is whose.
#pragma once

#include "events/record.h"
#include "projections/store/round.h"
#include "projections/store/rows.h"

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

void ApplyToContacts(const Record& record, const ContactCreated& event, TenantRow* tenant,
                     Round* round);

}  // namespace contacts
