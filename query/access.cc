#include "query/access.h"

#include <utility>

#include "events/erasure.h"
#include "events/values/hash.h"

namespace contacts::query {
namespace {

constexpr Rights kReads{.sees_all = true};
constexpr Rights kChanges{.sees_all = true, .changes = true};
constexpr Rights kAudits{.sees_all = true, .audits = true};
constexpr Rights kAll{.sees_all = true, .changes = true, .audits = true, .administers = true};

constexpr std::pair<std::string_view, Rights> kRights[] = {
    {"admin", kAll},           {"consultant", kChanges}, {"member", kReads},
    {"auditor", kAudits},      {"client", Rights{}},     {"token:read", kReads},
    {"token:write", kChanges}, {"token:audit", kAudits},
};

bool SeesActive(const Viewer& viewer, ContactType type, const std::optional<std::string>& company) {
  return type == ContactType::kInternal || (viewer.company && company == viewer.company);
}

}  // namespace

Rights RightsOf(std::string_view role) {
  for (const auto& [name, rights] : kRights) {
    if (name == role) return rights;
  }
  return {};
}

const std::vector<std::string_view>& KnownRoles() {
  static const auto& known = *new std::vector<std::string_view>([] {
    std::vector<std::string_view> names;
    for (const auto& [name, rights] : kRights) names.push_back(name);
    return names;
  }());
  return known;
}

bool Viewer::Sees(ContactId id, const ListedContact& contact) const {
  if (sees_all || self == id) return true;
  return contact.is_active && SeesActive(*this, contact.type, contact.company);
}

bool Viewer::Sees(ContactId id, const MentionRow& mention) const {
  return sees_all || self == id || SeesActive(*this, mention.type, mention.company);
}

std::string Viewer::Key() const {
  if (sees_all) return "all";
  // The company comes last, because it may hold any bytes; an absent one differs from an empty one.
  return "some " + (self ? std::to_string(self->value) : "-") + (company ? " of " + *company : "");
}

Viewer ViewerOf(const Asker& asker, const std::optional<ListedContact>& own) {
  if (RightsOf(asker.role).sees_all) return {.sees_all = true, .self = {}, .company = {}};
  Viewer viewer;
  if (asker.contact_id && own) {
    viewer.self = asker.contact_id;
    viewer.company = own->company;
  }
  return viewer;
}

std::string ViewName(const Viewer& viewer) { return ToHex(Sha256(viewer.Key())).substr(0, 16); }

Error ViewChanged() {
  Error error{ErrorCode::kGone,
              "What the caller may see has changed; make a new copy, page by page, from the start"};
  error.code_name = "viewChanged";
  error.start = "/api/contacts?limit=1000";
  return error;
}

Error NotThere(const Asker& asker, ContactId id, std::optional<Sequence> erased) {
  const std::string name = "contact " + std::to_string(id.value);
  if (erased && RightsOf(asker.role).sees_all) return IsErased(name, *erased);
  return {ErrorCode::kNotFound, "There is no " + name};
}

std::optional<Sequence> ParkedAt(const TenantRow& tenant) {
  if (tenant.parked.empty()) return std::nullopt;
  return Next(tenant.applied);
}

AccessSnapshot AccessSnapshotIn(const ViewReader& snapshot, const Asker& asker) {
  const ViewLookup lookup(snapshot);
  TenantRow tenant = lookup.Tenant(asker.tenant);
  if (RightsOf(asker.role).sees_all || !asker.contact_id) {
    return {std::move(tenant), ViewerOf(asker, std::nullopt)};
  }
  return {std::move(tenant), ViewerOf(asker, lookup.ContactById(asker.tenant, *asker.contact_id))};
}

AccessSnapshot AccessSnapshotOf(const ViewStore& views, const Asker& asker) {
  // An asker that sees everything needs one row only, and one row always has one position.
  if (RightsOf(asker.role).sees_all || !asker.contact_id) return AccessSnapshotIn(views, asker);
  return AccessSnapshotIn(*views.Snapshot(), asker);
}

bool MaySee(const ViewStore& views, const Asker& asker, ContactId contact) {
  if (RightsOf(asker.role).sees_all) return true;
  const auto snapshot = views.Snapshot();
  const auto found = ViewLookup(*snapshot).ContactById(asker.tenant, contact);
  return found && AccessSnapshotIn(*snapshot, asker).viewer.Sees(contact, *found);
}

}  // namespace contacts::query
