#include "events/model/contact_model.h"

#include <utility>
#include <variant>

namespace contacts {
namespace {

struct ContactSubject {
  using Answer = std::optional<Subject<ContactId>>;
  Answer operator()(const ContactCreated& event) const { return {{event.id, true}}; }
  template <SaysNothingOfContacts E>
  Answer operator()(const E&) const {
    return std::nullopt;
  }
};

struct ContactFold {
  std::optional<ContactModel> before;
  const Envelope& envelope;

  using After = std::optional<ContactModel>;
  After operator()(const ContactCreated& event) const {
    return ContactModel{ContactOf(event, envelope.time), envelope.sequence};
  }
  template <SaysNothingOfContacts E>
  After operator()(const E&) {
    return std::move(before);
  }
};

}  // namespace

std::optional<Subject<ContactId>> ContactIn(const Event& event) {
  return std::visit(ContactSubject{}, event);
}

std::optional<ContactModel> Evolve(std::optional<ContactModel> before, const Record& record) {
  return std::visit(ContactFold{std::move(before), record.envelope}, record.event);
}

std::optional<std::string> TakenName(const ContactModel& contact) {
  return FoldEmail(contact.contact.fields.email);
}

}  // namespace contacts
