// Which role may see and do what: this is the only table of it.
//
//   role                 sees                                          creates,   audit   opens
//                                                                      changes            accounts
//   admin                everything of its tenant                      yes        yes     yes
//   consultant           everything of its tenant                      yes        no      no
//   member               everything of its tenant                      no         no      no
//   auditor              everything of its tenant                      no         yes     no
//   client, any other    active internal contacts, the active ones     no         no      no
//                        of its own company, and itself
//
//   A machine's token has one of these as its role:
//   token:read           everything of its tenant                      no         no      no
//   token:write          everything of its tenant                      yes        no      no
//   token:audit          everything of its tenant                      no         yes     no
//
// Roles compare byte for byte. No other code of the program looks at a role's name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/values/error.h"
#include "events/values/ids.h"
#include "projections/store/rows.h"
#include "projections/view_lookup.h"

namespace contacts::query {

struct Rights {
  bool sees_all = false;
  bool changes = false;
  bool audits = false;
  bool administers = false;  // opens accounts for contacts
};

Rights RightsOf(std::string_view role);

// The roles that the table of rights names.
const std::vector<std::string_view>& KnownRoles();

// The user or token that asks, as the session says.
struct Asker {
  TenantId tenant;
  std::string role;
  std::optional<ContactId> contact_id;  // nullopt: the asker is not a contact

  bool operator==(const Asker&) const = default;
};

// The limits of what one asker sees at one position of its tenant: equal viewers see equal lists.
struct Viewer {
  bool sees_all = false;
  std::optional<ContactId> self;       // seen even when inactive
  std::optional<std::string> company;  // the asker's own at that position; nullopt never matches

  bool operator==(const Viewer&) const = default;

  bool Sees(ContactId id, const ListedContact& contact) const;
  bool Sees(ContactId id, const MentionRow& mention) const;  // an active contact's

  // Different for viewers that may see different things.
  std::string Key() const;
};

// Names what the viewer may see, for clients: 16 hex digits, the same for equal viewers only.
std::string ViewName(const Viewer& viewer);
// The client's copy, or its walk through pages, was made for another view: kGone, and where to
// start again.
Error ViewChanged();

// Why a contact that is not shown to the asker is not there: kGone, with the position of its
// erasure, to those who see the whole tenant; kNotFound to others, as if it had never existed.
// `erased`: ViewLookup::ErasureOf.
Error NotThere(const Asker& asker, ContactId id, std::optional<Sequence> erased);

// `own`: the asker's contact at that position; nullopt: it has none. Only the contact's company
// counts.
Viewer ViewerOf(const Asker& asker, const std::optional<ListedContact>& own);

// A tenant's state and what the asker may see of it, both at one position.
struct AccessSnapshot {
  TenantRow tenant;
  Viewer viewer;
};

// The record that a parked tenant waits at; nullopt: it is not parked.
std::optional<Sequence> ParkedAt(const TenantRow& tenant);

// `views` may be written meanwhile: all that this reads belongs to one position nevertheless.
// Throws StoreFailure.
AccessSnapshot AccessSnapshotOf(const ViewStore& views, const Asker& asker);
// Reads `snapshot` instead.
AccessSnapshot AccessSnapshotIn(const ViewReader& snapshot, const Asker& asker);

// Whether the asker sees the contact now. Throws StoreFailure.
bool MaySee(const ViewStore& views, const Asker& asker, ContactId contact);

}  // namespace contacts::query
