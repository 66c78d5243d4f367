#include "projections/views/contact_view.h"

#include "events/json/json_archive.h"
#include "projections/store/keys.h"

namespace contacts {

void ApplyToContacts(const Record& record, const ContactCreated& event, TenantRow* tenant,
                     Round* round) {
  const TenantId& id = record.envelope.tenant;
  const ContactFields& fields = event.fields;
  const std::string key = keys::Contact(id, event.id);
  round->Write(View::kContacts, key,
               ContactRow{fields.type, fields.is_active, fields.company, record.envelope.sequence,
                          ToJson(ContactOf(event, record.envelope.time))});
  if (fields.is_active) {
    round->Write(
        View::kMentions, key,
        MentionRow{fields.type, fields.company,
                   ToJson(Mention{event.id, fields.full_name, fields.mention_name, fields.email})});
  }
  round->Put(View::kEmails, keys::Email(id, FoldEmail(fields.email)), keys::Number(event.id.value));
  ++tenant->contacts;
  tenant->contacts_changed = record.envelope.sequence;
}

}  // namespace contacts
