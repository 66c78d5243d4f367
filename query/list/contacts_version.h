// Which contacts a tenant's rows show.
#pragma once

#include <compare>

#include "projections/store/rows.h"

namespace contacts::query {

// A later state has a greater version.
struct ContactsVersion {
  Sequence changed;  // the newest change to a contact that is applied
  Sequence obeyed;   // the newest erasure that a parked tenant obeys though it is not applied

  auto operator<=>(const ContactsVersion&) const = default;
};

inline ContactsVersion VersionOf(const TenantRow& tenant) {
  return {tenant.contacts_changed, tenant.obeyed};
}

}  // namespace contacts::query
