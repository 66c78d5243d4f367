#include "infra/identity/may_log_in.h"

namespace contacts {

bool MayLogIn(const ViewLookup& lookup, const TenantId& tenant, const UserRow& user) {
  if (user.state.disabled) return false;
  if (!user.contact_id) return true;
  const auto contact = lookup.ContactById(tenant, *user.contact_id);
  return contact && contact->is_active;
}

}  // namespace contacts
