#include "projections/erased_leaves.h"

#include <algorithm>
#include <string>
#include <variant>

#include "events/record.h"
#include "events/rows/row_archive.h"
#include "events/values/month.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"
#include "projections/view_lookup.h"

namespace contacts {
namespace {

// The months with keys that are erased: from that of the tenant's first record on.
void AddMonths(const ViewReader& views, const TenantId& tenant, int64_t before,
               std::vector<seal::Leaf>* leaves) {
  const auto first = ViewLookup(views).RecordAt(tenant, Sequence{1});
  const Result<Record> record = first ? DecodeRecord(*first) : Result<Record>(Error{});
  if (!record) return;
  for (int month = MonthOf(record->envelope.time); month < before; ++month) {
    leaves->push_back(seal::LeafOfMonth(BeginOfMonth(month)));
  }
}

// How many generations of its keys the contact has had before its erasure, which its tenant obeys
// though it is parked: the records before it that are not applied may have begun some.
int64_t GenerationsBefore(const ViewReader& views, const TenantId& tenant, ContactId contact,
                          Sequence erased) {
  const ViewLookup lookup(views);
  const auto known = lookup.WholeContact(tenant, contact);
  int64_t newest = known ? known->generation : 0;
  for (Sequence at = Next(lookup.Tenant(tenant).applied); at < erased; at = Next(at)) {
    const auto bytes = lookup.RecordAt(tenant, at);
    const Result<Record> record = bytes ? DecodeRecord(*bytes) : Result<Record>(Error{});
    const auto* past = record ? std::get_if<PastErased>(&record->event) : nullptr;
    if (past != nullptr && past->contact_id == contact) newest = std::max(newest, past->generation);
  }
  return newest + 1;
}

}  // namespace

std::vector<seal::Leaf> LeavesOf(const Erasure& erasure, const ViewReader& views) {
  std::vector<seal::Leaf> leaves;
  for (int64_t g = 0; erasure.contact && g < erasure.generations; ++g) {
    if (const auto leaf = seal::LeafOfContact(*erasure.contact, static_cast<int>(g))) {
      leaves.push_back(*leaf);
    }
  }
  for (const std::string& actor : erasure.actors) leaves.push_back(seal::LeafOfActor(actor));
  if (erasure.months) AddMonths(views, erasure.tenant, *erasure.months, &leaves);
  return leaves;
}

std::vector<std::pair<TenantId, seal::Leaf>> LeavesErasedBefore(const ViewReader& views) {
  std::vector<std::pair<TenantId, seal::Leaf>> leaves;
  const auto note = [&](const Erasure& erasure) {
    for (const seal::Leaf leaf : LeavesOf(erasure, views)) {
      leaves.emplace_back(erasure.tenant, leaf);
    }
  };
  views.Scan(View::kTombstones, "", "", [&](std::string_view key, std::string_view value) {
    TombstoneRow row;
    if (!FromRow(value, &row)) return true;
    const bool is_erased = row.erased.value > 0;  // else only its past
    note({keys::TenantOf(key),
          row.erased,
          ContactId{keys::NumberOf(key)},
          row.generation + (is_erased ? 1 : 0),
          {},
          {}});
    return true;
  });
  views.Scan(View::kObeyed, "", "", [&](std::string_view key, std::string_view value) {
    const TenantId tenant = keys::TenantOf(key);
    const ContactId contact{keys::NumberOf(key)};
    const Sequence at{keys::NumberFrom(value)};
    note({tenant, at, contact, GenerationsBefore(views, tenant, contact, at), {}, {}});
    return true;
  });
  views.Scan(View::kErasedActors, "", "", [&](std::string_view key, std::string_view value) {
    const TenantId tenant = keys::TenantOf(key);
    const std::string actor(keys::PartAfter(keys::Actor(tenant, ""), key));
    note({tenant, Sequence{keys::NumberFrom(value)}, {}, 0, {actor}, {}});
    return true;
  });
  views.Scan(View::kTenants, "", "", [&](std::string_view key, std::string_view value) {
    TenantRow row;
    if (!FromRow(value, &row) || row.erasure.value == 0) return true;
    // The pasts of contacts that are shown; most tenants never erased anything.
    const TenantId tenant = keys::TenantOf(key);
    const ContactId last{row.last_contact_id.value + 1};
    views.Scan(View::kContacts, keys::Contact(tenant, ContactId{0}), keys::Contact(tenant, last),
               [&](std::string_view contact_key, std::string_view contact_value) {
                 ContactRow contact;
                 if (!FromRow(contact_value, &contact) || contact.generation == 0) return true;
                 const ContactId id{keys::NumberOf(contact_key)};
                 note({tenant, row.erasure, id, contact.generation, {}, {}});
                 return true;
               });
    if (row.months_erased == 0) return true;
    note({keys::TenantOf(key), row.erasure, {}, 0, {}, row.months_erased});
    return true;
  });
  return leaves;
}

}  // namespace contacts
