#include "events/model/tenant_model.h"

#include <variant>

#include "events/model/contact_model.h"

namespace contacts {
namespace {

// The events that change no count, no last id and not the limit.
template <class E>
concept SaysNothingOfTenants = !E::kAbout.tenant;

struct TenantFold {
  TenantModel* tenant;

  void operator()(const ContactCreated& event) const {
    ++tenant->last_contact_id.value;
    ++tenant->contacts;
    if (event.account) AddUser();
  }
  void operator()(const UserAdded&) const { AddUser(); }
  void operator()(const TenantLimited& event) const { tenant->contact_limit = event.contacts; }
  template <SaysNothingOfTenants E>
  void operator()(const E&) const {}

 private:
  void AddUser() const {
    ++tenant->last_user_id;
    ++tenant->users;
  }
};

struct Disowned {
  std::optional<Hash> operator()(const ChainDisowned& event) const { return event.parent; }
  template <SaysNothingOfChains E>
  std::optional<Hash> operator()(const E&) const {
    return std::nullopt;
  }
};

}  // namespace

TenantModel Evolve(TenantModel before, const Record& record) {
  if (ContactIn(record.event)) before.contacts_changed = record.envelope.sequence;
  std::visit(TenantFold{&before}, record.event);
  return before;
}

std::optional<Hash> DisownedIn(const Event& event) { return std::visit(Disowned{}, event); }

}  // namespace contacts
