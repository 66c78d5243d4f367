#include "query/contact.h"

#include <memory>
#include <utility>

#include "events/json/json_archive.h"
#include "events/sealed_record.h"

namespace contacts::query {
namespace {

// The record by which the contact's state of then was erased: a PastErased after it, since the
// contact itself is still there.
std::optional<Sequence> ErasedSince(const Past& past, ContactId id, Sequence at) {
  const Sequence newest = past.lookup().Tenant(past.tenant()).applied;
  for (const Sequence sequence : past.lookup().RecordsOf(past.tenant(), id, at, newest)) {
    if (std::holds_alternative<PastErased>(past.RecordAt(sequence).event)) return sequence;
  }
  return std::nullopt;
}

}  // namespace

ListedContact ListedOf(const ContactModel& shown) {
  const ContactFields& fields = shown.contact.fields;
  return {fields.type, fields.is_active, fields.company, shown.changed, ToJson(shown.contact)};
}

Result<ContactReading> ReadContact(const ViewStore& views, seal::Keyring& keyring,
                                   const Asker& asker, ContactId id,
                                   std::optional<Sequence> as_of) {
  const std::unique_ptr<ViewReader> snapshot = views.Snapshot();
  const AccessSnapshot access = AccessSnapshotIn(*snapshot, asker);
  const ViewLookup lookup(*snapshot);
  std::optional<ListedContact> contact = lookup.ContactById(asker.tenant, id);
  if (!contact) return NotThere(asker, id, lookup.ErasureOf(asker.tenant, id));
  if (as_of && contact->changed > *as_of) {
    const Past past(*snapshot, keyring, asker.tenant);
    const auto then = past.ContactAt(id, *as_of);
    if (!then) return NotThere(asker, id, std::nullopt);
    if (!then->IsShown()) return NotThere(asker, id, ErasedSince(past, id, *as_of));
    contact = ListedOf(*then);
  }
  if (!access.viewer.Sees(id, *contact)) return NotThere(asker, id, std::nullopt);
  return ContactReading{std::move(contact->json), PositionAt(access.tenant, contact->changed),
                        PositionAt(access.tenant, access.tenant.applied), ParkedAt(access.tenant)};
}

std::optional<Position> TagOf(const ViewStore& views, const Asker& asker, ContactId id) {
  const std::unique_ptr<ViewReader> snapshot = views.Snapshot();
  const AccessSnapshot access = AccessSnapshotIn(*snapshot, asker);
  const auto contact = ViewLookup(*snapshot).ContactById(asker.tenant, id);
  if (!contact || !access.viewer.Sees(id, *contact)) return std::nullopt;
  return PositionAt(access.tenant, contact->changed);
}

}  // namespace contacts::query
