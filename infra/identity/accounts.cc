#include "infra/identity/accounts.h"

namespace contacts {

bool MayLogIn(const Registry& registry, const TenantId& tenant, const UserRow& user) {
  if (user.state.disabled) return false;
  if (!user.contact_id) return true;
  const auto contact = registry.ContactById(tenant, *user.contact_id);
  return contact && contact->is_active;
}

}  // namespace contacts
