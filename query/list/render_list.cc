#include "query/list/render_list.h"

#include <algorithm>
#include <utility>

#include "events/rows/row_archive.h"
#include "events/values/hash.h"
#include "projections/store/keys.h"
#include "projections/view_lookup.h"
#include "query/list/changed_contacts.h"

namespace contacts::query {
namespace {

int64_t PartOf(ContactId id) { return (id.value - 1) / kIdsInPart; }

// Reading a record to learn which contact it changed costs about as much as reading this many.
constexpr int64_t kContactsInARecord = 8;

// The cost of a row besides its bytes, in bytes.
constexpr size_t kRowCost = 128;

// One rendering: what it reads, for which viewer, and how much it may still read.
struct Source {
  const ViewReader& snapshot;
  ListKind kind;
  const TenantId& tenant;
  const Viewer& viewer;
  ByteBudget budget;
};

// A list needs only the front of a contact's row.
bool Read(std::string_view bytes, ListedContact* contact) { return FrontFromRow(bytes, contact); }
bool Read(std::string_view bytes, MentionRow* mention) { return FromRow(bytes, mention); }

// `expected`: about how long the text will be. The result is incomplete if the budget is spent.
template <class Row>
std::string RenderPart(Source& from, View view, int64_t part, bool opens, size_t expected) {
  const ContactId first{part * kIdsInPart + 1};
  std::string text;
  text.reserve(expected);
  from.snapshot.Scan(view, keys::Contact(from.tenant, first),
                     keys::Contact(from.tenant, ContactId{first.value + kIdsInPart}),
                     [&](std::string_view key, std::string_view value) {
                       if (!from.budget.Take(kRowCost + value.size())) return false;
                       Row row;
                       if (!Read(value, &row)) {
                         throw StoreFailure("a contact of tenant " + from.tenant.value +
                                            " does not read; rebuild the read models");
                       }
                       if (from.viewer.Sees(ContactId{keys::NumberOf(key)}, row)) {
                         text += text.empty() && opens ? '[' : ',';
                         text += row.json;
                       }
                       return true;
                     });
  return text;
}

std::string RenderPart(Source& from, int64_t part, bool opens, size_t expected) {
  return from.kind == ListKind::kContacts
             ? RenderPart<ListedContact>(from, View::kContacts, part, opens, expected)
             : RenderPart<MentionRow>(from, View::kMentions, part, opens, expected);
}

// Says for each part whether it must be rendered again.
std::vector<bool> StaleParts(Source& from, const TenantRow& now, const List* before,
                             int64_t parts) {
  std::vector<bool> stale(static_cast<size_t>(parts), true);
  // No applied record names the contacts that an obeyed erasure took away.
  if (before == nullptr || before->version.obeyed != now.obeyed) return stale;
  const auto changed =
      ChangedContacts(from.snapshot, from.tenant, before->version.changed, now.contacts_changed,
                      std::max<int64_t>(now.contacts / kContactsInARecord, 64), &from.budget);
  if (!changed) return stale;
  std::fill_n(stale.begin(), std::min(before->parts.size(), stale.size()), false);
  for (const ContactId id : *changed) {
    if (PartOf(id) < parts) stale[static_cast<size_t>(PartOf(id))] = true;
  }
  return stale;
}

// The least cost of rendering the stale parts, so that no rendering begins that exceeds the budget:
// a row for each id in them, less those that are gone, with the length that the parts' texts had
// last.
size_t LeastCost(const std::vector<bool>& stale, const TenantRow& now, const List* before) {
  const int64_t last = now.last_contact_id.value;
  int64_t rows = now.contacts - last;  // assumes that all that are gone were in the stale parts
  size_t texts = 0;
  for (size_t i = 0; i < stale.size(); ++i) {
    if (!stale[i]) continue;
    rows += std::min(last - static_cast<int64_t>(i) * kIdsInPart, kIdsInPart);
    if (before != nullptr && i < before->parts.size()) texts += before->parts[i]->text()->size();
  }
  return texts + kRowCost * static_cast<size_t>(std::max<int64_t>(rows, 0));
}

// The part of the list before, if the new list can share it; else nullptr.
std::shared_ptr<const ListPart> KeptPart(const List* before, size_t at, bool is_stale, bool opens) {
  if (is_stale) return nullptr;
  const std::string& text = *before->parts[at]->text();
  // The parts in front of it may have become empty, or may not be empty any more.
  if (!text.empty() && (text.front() == '[') != opens) return nullptr;
  return before->parts[at];
}

}  // namespace

// The hash of the last record that changed a contact stands for all of history up to it.
std::string ListTag(const ViewReader& snapshot, ListKind kind, const TenantId& tenant,
                    const AccessSnapshot& access, const std::string& more) {
  const Sequence changed = access.tenant.contacts_changed;
  const auto record = ViewLookup(snapshot).RecordAt(tenant, changed);
  std::string all = CONTACTS_VERSION;
  all += kind == ListKind::kContacts ? " contacts " : " mentions ";
  all += tenant.value + " " + std::to_string(changed.value) + " ";
  if (const Sequence obeyed = access.tenant.obeyed; obeyed.value > 0) {
    all += "obeys " + std::to_string(obeyed.value) + " ";
  }
  all += more;
  all += ToHex(record ? Sha256(*record) : Hash{}) + " " + access.viewer.Key();
  return ToHex(Sha256(all)).substr(0, 32);
}

std::shared_ptr<const List> RenderList(const ViewReader& snapshot, ListKind kind,
                                       const TenantId& tenant, const AccessSnapshot& access,
                                       const List* before, size_t most,
                                       const std::shared_ptr<TextLedger>& ledger) {
  Source from{snapshot, kind, tenant, access.viewer, ByteBudget(most)};
  const int64_t last = access.tenant.last_contact_id.value;
  const int64_t count = (last + kIdsInPart - 1) / kIdsInPart;
  const std::vector<bool> stale = StaleParts(from, access.tenant, before, count);
  if (from.budget.is_spent() || LeastCost(stale, access.tenant, before) > most) return nullptr;
  ListParts parts;
  bool opens = true;     // nothing visible came before
  size_t last_size = 0;  // neighbouring parts have about the same length
  for (int64_t i = 0; i < count; ++i) {
    const auto at = static_cast<size_t>(i);
    std::shared_ptr<const ListPart> part = KeptPart(before, at, stale[at], opens);
    if (!part) {
      std::string text = RenderPart(from, i, opens, last_size + last_size / 16);
      if (from.budget.is_spent()) return nullptr;
      part = std::make_shared<const ListPart>(std::move(text), ledger);
    }
    last_size = part->text()->size();
    opens = opens && part->text()->empty();
    parts.push_back(std::move(part));
  }
  return std::make_shared<const List>(access.tenant.applied, VersionOf(access.tenant),
                                      ListTag(snapshot, kind, tenant, access), std::move(parts),
                                      before, ledger);
}

TagNow ReadTag(const ViewStore& views, ListKind kind, const Asker& asker) {
  const std::unique_ptr<ViewReader> snapshot = views.Snapshot();
  const AccessSnapshot access = AccessSnapshotIn(*snapshot, asker);
  return {ListTag(*snapshot, kind, asker.tenant, access), access.tenant.applied,
          ParkedAt(access.tenant), EpochOf(access.tenant.epochs, access.tenant.applied)};
}

}  // namespace contacts::query
