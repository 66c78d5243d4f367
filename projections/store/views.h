// The views. One ViewInfo describes a view; code that goes through all views uses these.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace contacts {

// keys.h has the grammar of each view's keys, rows.h that of the values.
enum class View {
  kCheckpoints,   // partition → how far its projection is
  kTenants,       // tenant → head, position, counters
  kContacts,      // tenant, id → contact and its rendered JSON
  kMentions,      // tenant, id → what a mention shows; active contacts only
  kEmails,        // tenant, folded e-mail → contact id
  kUsers,         // tenant, user id → user
  kUserNames,     // tenant, user name as stored or folded → user id
  kKeys,          // tenant, actor, idempotency key → sequence
  kRecords,       // tenant, sequence → the record's bytes
  kSuperseded,    // tenant → chains of entries that were stepped over
  kForeign,       // partition → the newest foreign entries
  kAccounts,      // tenant, contact id → user id of its account
  kTokens,        // tenant, token id → token
  kTokenNames,    // tenant, name of a live token → token id
  kReplaced,      // tenant, user id, credential id that a newer one replaced → credential id
  kTombstones,    // tenant, contact id → a contact that is erased, or whose data is withheld
  kHolds,         // tenant, contact id → sequence of the record that placed the legal hold
  kSeen,          // tenant, contact and actor, or actor and contact → nothing: seen together
  kErasedActors,  // tenant, actor → sequence of the record that erased it
  kDisclosures,   // tenant, contact id (0: all contacts), sequence → what was disclosed to whom
  kObeyed,  // tenant, contact id → sequence of the erasure that a parked tenant obeys already
  kContactRecords,  // tenant, contact id, sequence → nothing: the record is about the contact
  kEnd              // the number of views; not a view
};
inline constexpr int kViews = static_cast<int>(View::kEnd);

struct ViewInfo {
  // The part of a key that follows the tenant; only kPartition has no tenant.
  enum class Key { kPartition, kTenant, kText, kNumber };
  // How rows are written and read; a store chooses its structures by it.
  enum class Use {
    kAny,
    kUpdated,   // mostly an existing row is written again
    kAppended,  // mostly written after the newest row of the same tenant
    kArchive,   // as kAppended; much similar text, seldom read
    kProbed,    // mostly looked up for keys that do not exist
  };
  View view = View::kEnd;
  const char* name = nullptr;  // in messages; the column family's, so it never changes
  int64_t format = 0;          // of its keys and rows; with another number the view is made anew
  Key key = Key::kText;
  Use use = Use::kAny;
  // True: the view tells what was read of the log, not what is history, so the digest omits it.
  bool of_the_log = false;
  // One line for people. A value that cannot be decoded is shown byte for byte.
  std::string (*describe)(std::string_view value) = nullptr;
};

const ViewInfo& InfoOf(View view);
inline const char* NameOf(View view) { return InfoOf(view).name; }

}  // namespace contacts
