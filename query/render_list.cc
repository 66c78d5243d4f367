#include <algorithm>
#include <utility>

#include "events/hash.h"
#include "events/row_archive.h"
#include "projections/keys.h"
#include "projections/registry.h"
#include "query/changed_contacts.h"
#include "query/list.h"

namespace contacts::query {
namespace {

int64_t PartOf(ContactId id) { return (id.value - 1) / kIdsInPart; }

// Reading a record to learn what it changed costs about as much as reading this many contacts.
constexpr int64_t kContactsInARecord = 8;

template <class Row>
std::string RenderPart(const ViewReader& snapshot, View view, const TenantId& tenant,
                       const Viewer& viewer, int64_t part, bool opens) {
  const ContactId first{part * kIdsInPart + 1};
  std::string text;
  snapshot.Scan(view, keys::Contact(tenant, first),
                keys::Contact(tenant, ContactId{first.value + kIdsInPart}),
                [&](std::string_view key, std::string_view value) {
                  Row row;
                  if (!FromRow(value, &row)) {
                    throw StoreFailure("a contact of tenant " + tenant.value +
                                       " does not read; rebuild the read models");
                  }
                  if (viewer.Sees(ContactId{keys::NumberOf(key)}, row)) {
                    text += text.empty() && opens ? '[' : ',';
                    text += row.json;
                  }
                  return true;
                });
  return text;
}

std::string RenderPart(const ViewReader& snapshot, ListKind kind, const TenantId& tenant,
                       const Viewer& viewer, int64_t part, bool opens) {
  return kind == ListKind::kContacts
             ? RenderPart<ContactRow>(snapshot, View::kContacts, tenant, viewer, part, opens)
             : RenderPart<MentionRow>(snapshot, View::kMentions, tenant, viewer, part, opens);
}

// For each part: must it be rendered again?
std::vector<bool> StaleParts(const ViewReader& snapshot, const TenantId& tenant,
                             const TenantRow& now, const List* before, int64_t parts) {
  std::vector<bool> stale(static_cast<size_t>(parts), true);
  if (before == nullptr) return stale;
  const auto changed = ChangedContacts(snapshot, tenant, before->changed, now.contacts_changed,
                                       std::max<int64_t>(now.contacts / kContactsInARecord, 64));
  if (!changed) return stale;
  std::fill_n(stale.begin(), std::min(before->parts.size(), stale.size()), false);
  for (const ContactId id : *changed) {
    if (PartOf(id) < parts) stale[static_cast<size_t>(PartOf(id))] = true;
  }
  return stale;
}

// The hash of the last record that changed a contact stands for all of history up to it.
std::string TagOf(const ViewReader& snapshot, ListKind kind, const TenantId& tenant,
                  const Standing& standing) {
  const Sequence changed = standing.tenant.contacts_changed;
  const auto record = Registry(snapshot).RecordAt(tenant, changed);
  std::string all = CONTACTS_VERSION;
  all += kind == ListKind::kContacts ? " contacts " : " mentions ";
  all += tenant.value + " " + std::to_string(changed.value) + " ";
  all += ToHex(record ? Sha256(*record) : Hash{}) + " " + standing.viewer.Key();
  return ToHex(Sha256(all)).substr(0, 32);
}

}  // namespace

std::shared_ptr<const List> RenderList(const ViewReader& snapshot, ListKind kind,
                                       const TenantId& tenant, const Standing& standing,
                                       const List* before, size_t most) {
  const int64_t count = (standing.tenant.contacts + kIdsInPart - 1) / kIdsInPart;
  const std::vector<bool> stale = StaleParts(snapshot, tenant, standing.tenant, before, count);
  if (static_cast<size_t>(std::count(stale.begin(), stale.end(), true)) > most) return nullptr;
  List::Parts parts;
  bool opens = true;  // nothing visible came before
  for (int64_t i = 0; i < count; ++i) {
    const auto at = static_cast<size_t>(i);
    std::shared_ptr<const ListPart> part;
    if (!stale[at]) {
      part = before->parts[at];
      // What came before it may have become empty, or not be empty any more.
      const std::string& text = *part->text();
      if (!text.empty() && (text.front() == '[') != opens) part = nullptr;
    }
    if (!part) {
      part = std::make_shared<const ListPart>(
          RenderPart(snapshot, kind, tenant, standing.viewer, i, opens));
    }
    opens = opens && part->text()->empty();
    parts.push_back(std::move(part));
  }
  return std::make_shared<const List>(standing.tenant.applied, standing.tenant.contacts_changed,
                                      TagOf(snapshot, kind, tenant, standing), std::move(parts));
}

}  // namespace contacts::query
