#include "events/model/contact_model.h"

#include <utility>
#include <variant>

namespace contacts {
namespace {

struct ContactSubject {
  using Answer = std::optional<Subject<ContactId>>;
  Answer operator()(const ContactCreated& event) const { return {{event.id, true}}; }
  Answer operator()(const ContactChanged& event) const { return {{event.id}}; }
  template <OneOf<PastErased, HoldPlaced, HoldLifted> E>
  Answer operator()(const E& event) const {
    return {{event.contact_id}};
  }
  template <OneOf<PersonErased, Disclosed> E>
  Answer operator()(const E& event) const {
    if (!event.contact_id) return std::nullopt;
    return {{*event.contact_id}};
  }
  template <SaysNothingOfContacts E>
  Answer operator()(const E&) const {
    return std::nullopt;
  }
};

Contact Nameless(ContactId id) {
  Contact contact;
  contact.id = id;
  return contact;
}

class ContactFold {
 public:
  ContactFold(std::optional<ContactModel> before, const Record& record)
      : contact_(std::move(before)), record_(record) {}

  using After = std::optional<ContactModel>;
  After operator()(const ContactCreated& event) {
    contact_ = ContactModel{.first = at_};
    Show(ContactOf(event, record_.envelope.time), record_.data_withheld);
    return Noted();
  }
  After operator()(const ContactChanged& event) {
    if (!contact_ || contact_->IsErased()) return Noted();
    Contact contact = std::move(contact_->contact);
    SetPart(event.after, &contact.fields);
    contact.updated_at = record_.envelope.time;
    // A contact that is withheld stays so, since one change does not tell its other fields.
    Show(std::move(contact), contact_->withheld || record_.data_withheld);
    return Noted();
  }
  After operator()(const PastErased& event) {
    if (!contact_ || contact_->IsErased()) return Noted();
    contact_->generation = event.generation;
    Show({event.contact_id, event.fields, event.created_at, record_.envelope.time},
         record_.data_withheld);
    return Noted();
  }
  After operator()(const PersonErased& event) {
    if (!contact_ || IdOf(*contact_) != event.contact_id) return std::move(contact_);
    const Sequence erased = contact_->IsErased() ? contact_->erased : at_;
    contact_ = ContactModel{.contact = Nameless(*event.contact_id),
                            .changed = erased,
                            .first = contact_->first,
                            .generation = contact_->generation,
                            .erased = erased};
    return Noted();
  }
  After operator()(const HoldPlaced&) { return Held(true); }
  After operator()(const HoldLifted&) { return Held(false); }
  After operator()(const Disclosed& event) {
    return event.contact_id ? Noted() : std::move(contact_);
  }
  template <SaysNothingOfContacts E>
  After operator()(const E&) {
    return std::move(contact_);
  }

 private:
  void Show(Contact contact, bool withheld) {
    contact_->changed = at_;
    contact_->withheld = withheld;
    if (withheld) contact = Nameless(contact.id);
    contact_->contact = std::move(contact);
  }
  After Held(bool held) {
    if (contact_ && !contact_->IsErased()) contact_->held = held;
    return Noted();
  }
  After Noted() {
    if (contact_) contact_->last = at_;
    return std::move(contact_);
  }

  std::optional<ContactModel> contact_;
  const Record& record_;
  const Sequence at_ = record_.envelope.sequence;
};

}  // namespace

std::optional<Subject<ContactId>> ContactIn(const Event& event) {
  return std::visit(ContactSubject{}, event);
}

std::optional<ContactId> ShownContactIn(const Event& event) {
  const auto contact = ContactIn(event);
  const bool is_shown = std::visit(
      []<class E>(const E&) { return !OneOf<E, HoldPlaced, HoldLifted, Disclosed>; }, event);
  return contact && is_shown ? std::optional(contact->id) : std::nullopt;
}

std::optional<ContactModel> Evolve(std::optional<ContactModel> before, const Record& record) {
  return std::visit(ContactFold(std::move(before), record), record.event);
}

std::optional<std::string> TakenName(const ContactModel& contact) {
  if (!contact.IsShown()) return std::nullopt;
  return FoldEmail(contact.contact.fields.email);
}

}  // namespace contacts
