#include "projections/store/views.h"

#include <array>

#include "events/json/json_archive.h"
#include "events/rows/row_archive.h"
#include "projections/store/describe.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"

namespace contacts {
namespace {

template <class Row>
std::string Fields(std::string_view value) {
  Row row;
  return FromRow(value, &row) ? ToJson(row) : "unreadable " + Printable(value);
}

std::string Number(std::string_view value) { return std::to_string(keys::NumberFrom(value)); }

using Key = ViewInfo::Key;
using Use = ViewInfo::Use;

constexpr bool kOfTheLog = true;
constexpr bool kOfHistory = false;

// The format of a view is the version of its row, if the row has a version. (user_names 2: the form
// that a name folds to has a row, too.)
constexpr std::array<ViewInfo, kViews> kInfos{{
    {View::kCheckpoints, "checkpoints", CheckpointRow::kRowVersion, Key::kPartition, Use::kUpdated,
     kOfTheLog, Fields<CheckpointRow>},
    {View::kTenants, "tenants", TenantRow::kRowVersion, Key::kTenant, Use::kUpdated, kOfHistory,
     Fields<TenantRow>},
    {View::kContacts, "contacts", ContactRow::kRowVersion, Key::kNumber, Use::kAppended, kOfHistory,
     Fields<ContactRow>},
    {View::kMentions, "mentions", MentionRow::kRowVersion, Key::kNumber, Use::kAppended, kOfHistory,
     Fields<MentionRow>},
    {View::kEmails, "emails", 1, Key::kText, Use::kProbed, kOfHistory, Number},
    {View::kUsers, "users", UserRow::kRowVersion, Key::kText, Use::kAny, kOfHistory,
     Fields<UserRow>},
    {View::kUserNames, "user_names", 2, Key::kText, Use::kAny, kOfHistory, Printable},
    {View::kKeys, "keys", 1, Key::kText, Use::kProbed, kOfHistory, Number},
    {View::kRecords, "records", 1, Key::kNumber, Use::kArchive, kOfHistory, Printable},
    {View::kSuperseded, "superseded", SupersededRow::kRowVersion, Key::kTenant, Use::kAny,
     kOfTheLog, Fields<SupersededRow>},
    {View::kForeign, "foreign", ForeignRow::kRowVersion, Key::kPartition, Use::kAny, kOfTheLog,
     Fields<ForeignRow>},
    {View::kAccounts, "accounts", 1, Key::kNumber, Use::kAny, kOfHistory, Printable},
    {View::kTokens, "tokens", TokenRow::kRowVersion, Key::kText, Use::kAny, kOfHistory,
     Fields<TokenRow>},
    {View::kTokenNames, "token_names", 1, Key::kText, Use::kAny, kOfHistory, Printable},
    {View::kReplaced, "replaced", 1, Key::kText, Use::kAny, kOfHistory, Printable},
    {View::kTombstones, "tombstones", TombstoneRow::kRowVersion, Key::kNumber, Use::kAny,
     kOfHistory, Fields<TombstoneRow>},
    {View::kHolds, "holds", 1, Key::kNumber, Use::kAny, kOfHistory, Number},
    {View::kSeen, "seen", 1, Key::kText, Use::kAny, kOfHistory, Printable},
    {View::kErasedActors, "erased_actors", 1, Key::kText, Use::kProbed, kOfHistory, Number},
    {View::kDisclosures, "disclosures", DisclosureRow::kRowVersion, Key::kText, Use::kAny,
     kOfHistory, Fields<DisclosureRow>},
    {View::kObeyed, "obeyed", 1, Key::kNumber, Use::kAny, kOfHistory, Number},
    {View::kContactRecords, "contact_records", 1, Key::kText, Use::kAppended, kOfHistory,
     Printable},
}};

constexpr bool EachViewHasItsRow() {
  for (int i = 0; i < kViews; ++i) {
    const ViewInfo& info = kInfos[static_cast<size_t>(i)];
    if (info.view != View{i} || info.format < 1 || info.describe == nullptr) return false;
  }
  return true;
}
static_assert(EachViewHasItsRow(), "each view has a row in kInfos, in the order of enum View");

}  // namespace

const ViewInfo& InfoOf(View view) { return kInfos[static_cast<size_t>(view)]; }

}  // namespace contacts
