#include "projections/views/contact_view.h"

#include <utility>

#include "events/json/json_archive.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"

namespace contacts {
namespace {

struct ContactView {
  const Record& record;
  Round* round;

  void operator()(const ContactCreated&) const {
    const std::optional<ContactModel> none;
    ShowContact(record.envelope.tenant, none, Evolve(none, record), round);
  }
  template <SaysNothingOfContacts E>
  void operator()(const E&) const {}
};

ContactRow RowOf(ContactModel&& model) {
  const ContactFields& fields = model.contact.fields;
  return {{fields.type, fields.is_active, fields.company, model.changed, ToJson(model.contact)},
          std::move(model.contact)};
}

MentionRow MentionOf(const Contact& contact) {
  const ContactFields& fields = contact.fields;
  const Mention mention{contact.id, fields.full_name, fields.mention_name, fields.email};
  return {fields.type, fields.company, ToJson(mention)};
}

bool IsMentioned(const std::optional<ContactModel>& model) {
  return model && model->contact.fields.is_active;
}

}  // namespace

void ApplyToContacts(const Record& record, Round* round) {
  std::visit(ContactView{record, round}, record.event);
}

void ShowContact(const TenantId& tenant, const std::optional<ContactModel>& before,
                 std::optional<ContactModel> after, Round* round) {
  if (!before && !after) return;
  const ContactId id = IdOf(after ? *after : *before);
  const std::string key = keys::Contact(tenant, id);
  const NameChange email = NameChangeOf(before, after);
  if (email.freed) round->Erase(View::kEmails, keys::Email(tenant, *email.freed));
  if (email.taken) {
    round->Put(View::kEmails, keys::Email(tenant, *email.taken), keys::Number(id.value));
  }
  if (IsMentioned(after)) {
    round->Write(View::kMentions, key, MentionOf(after->contact));
  } else if (IsMentioned(before)) {
    round->Erase(View::kMentions, key);
  }
  if (after) {
    round->Write(View::kContacts, key, RowOf(*std::move(after)));
  } else {
    round->Erase(View::kContacts, key);
  }
}

}  // namespace contacts
