#include "command/rules/subjects.h"

namespace contacts::rules {
namespace {

// Only the operator can raise the limit, so clients are told to retry after an hour.
Error TooManyContacts(int64_t limit) {
  return {ErrorCode::kTooManyRequests,
          "the tenant has reached its limit of contacts: " + std::to_string(limit),
          {},
          3600};
}

}  // namespace

Decision DecideOn(const TenantState& state, const CreateContact& create) {
  const std::string folded = FoldEmail(create.fields.email);
  if (state.ContactByEmail(folded)) {
    return Conflict("a contact with the e-mail " + create.fields.email + " exists already");
  }
  ContactCreated event;
  event.id = ContactId{state.model().last_contact_id.value + 1};
  event.fields = create.fields;
  if (create.can_login) {
    if (state.UserByName(folded)) return Conflict("a user " + folded + " exists already");
    const bool internal = create.fields.type == ContactType::kInternal;
    event.account = Account{NextUserId(state), folded, internal ? "member" : "client"};
  }
  const TenantModel& tenant = state.model();
  if (tenant.contact_limit && tenant.contacts >= *tenant.contact_limit) {
    return TooManyContacts(*tenant.contact_limit);
  }
  return Event(std::move(event));
}

}  // namespace contacts::rules
