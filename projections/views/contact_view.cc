#include "projections/views/contact_view.h"

#include <utility>

#include "events/json/json_archive.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"

namespace contacts {
namespace {

class ContactView {
 public:
  ContactView(const Record& record, Round* round) : record_(record), round_(*round) {}

  void operator()(const Disclosed& event) const {
    const ContactId of = event.contact_id.value_or(ContactId{});
    round_.Write(View::kDisclosures, keys::Disclosure(tenant_, of, record_.envelope.sequence),
                 DisclosureRow{event.recipient, event.from, event.to});
    Change();
  }
  template <
      OneOf<ContactCreated, ContactChanged, PersonErased, PastErased, HoldPlaced, HoldLifted> E>
  void operator()(const E&) const {
    Change();
  }
  template <SaysNothingOfContacts E>
  void operator()(const E&) const {}

 private:
  void Change() const {
    const auto subject = ContactIn(record_.event);
    if (!subject) return;
    std::optional<ContactModel> before;
    if (!subject->begins) before = ContactInRows(tenant_, subject->id, round_);
    std::optional<ContactModel> after = Evolve(before, record_);
    if (!after) return;  // the contact never existed
    round_.Put(View::kContactRecords,
               keys::ContactRecord(tenant_, subject->id, record_.envelope.sequence), {});
    NoteHold(before && before->held, after->held, subject->id);
    ShowContact(tenant_, before, std::move(after), &round_);
  }
  void NoteHold(bool before, bool after, ContactId id) const {
    const std::string key = keys::Contact(tenant_, id);
    if (after && !before) {
      round_.Put(View::kHolds, key, keys::Number(record_.envelope.sequence.value));
    }
    if (before && !after) round_.Erase(View::kHolds, key);
  }

  const Record& record_;
  const TenantId& tenant_ = record_.envelope.tenant;
  Round& round_;
};

ContactRow RowOf(ContactModel&& model) {
  const ContactFields& fields = model.contact.fields;
  return {{fields.type, fields.is_active, fields.company, model.changed, ToJson(model.contact)},
          std::move(model.contact),
          model.first,
          model.last,
          model.generation,
          model.held};
}

TombstoneRow TombstoneOf(const ContactModel& model) {
  return {model.changed, model.first, model.last, model.generation, model.held, model.erased};
}

MentionRow MentionOf(const Contact& contact) {
  const ContactFields& fields = contact.fields;
  const Mention mention{contact.id, fields.full_name, fields.mention_name, fields.email};
  return {fields.type, fields.company, ToJson(mention)};
}

bool IsMentioned(const std::optional<ContactModel>& model) {
  return model && model->IsShown() && model->contact.fields.is_active;
}

}  // namespace

void ApplyToContacts(const Record& record, Round* round) {
  std::visit(ContactView(record, round), record.event);
}

std::optional<ContactModel> ContactInRows(const TenantId& tenant, ContactId id,
                                          const Round& round) {
  const std::string key = keys::Contact(tenant, id);
  if (auto row = round.Read<ContactRow>(View::kContacts, key)) return ModelOf(*std::move(row));
  if (auto row = round.Read<TombstoneRow>(View::kTombstones, key)) return ModelOf(id, *row);
  return std::nullopt;
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
  const bool was_shown = before && before->IsShown();
  const bool is_shown = after && after->IsShown();
  if (was_shown && !is_shown) round->Erase(View::kContacts, key);
  if (before && !was_shown && is_shown) round->Erase(View::kTombstones, key);
  if (!after) return;
  if (is_shown) {
    round->Write(View::kContacts, key, RowOf(*std::move(after)));
  } else {
    round->Write(View::kTombstones, key, TombstoneOf(*after));
  }
}

}  // namespace contacts
