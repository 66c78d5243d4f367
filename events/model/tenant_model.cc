#include "events/model/tenant_model.h"

#include <algorithm>
#include <variant>

#include "events/values/month.h"

namespace contacts {
namespace {

// The events that change no count, no last id and not the limit.
template <class E>
concept SaysNothingOfTenants = !E::kAbout.tenant;

struct TenantFold {
  TenantModel* tenant;
  const Record& record;
  const Removed& removed;

  void operator()(const ContactCreated& event) const {
    ++tenant->last_contact_id.value;
    ++tenant->contacts;
    if (event.account) AddUser();
  }
  void operator()(const UserAdded&) const { AddUser(); }
  void operator()(const TenantLimited& event) const { tenant->contact_limit = event.contacts; }
  void operator()(const PersonErased&) const {
    NoteErasure();
    tenant->contacts -= removed.contacts;
    tenant->users -= removed.users;
  }
  void operator()(const PastErased&) const { NoteErasure(); }
  void operator()(const MonthErased& event) const {
    NoteErasure();
    const int64_t before = ParseMonth(event.before).value_or(0);
    tenant->months_erased = std::max(tenant->months_erased, before);
  }
  template <SaysNothingOfTenants E>
  void operator()(const E&) const {}

 private:
  void NoteErasure() const { tenant->erasure = record.envelope.sequence; }
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

TenantModel Evolve(TenantModel before, const Record& record, const Removed& removed) {
  // Kept lists stay right as long as this position does.
  if (ShownContactIn(record.event)) before.contacts_changed = record.envelope.sequence;
  std::visit(TenantFold{&before, record, removed}, record.event);
  return before;
}

std::optional<Hash> DisownedIn(const Event& event) { return std::visit(Disowned{}, event); }

}  // namespace contacts
