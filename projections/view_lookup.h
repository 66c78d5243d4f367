// What commands are decided on: the same rows that queries read. Lookups only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "events/model/contact_model.h"
#include "events/values/ids.h"
#include "projections/store/rows.h"
#include "projections/store/view_store.h"

namespace contacts {

// As safe for threads as the reader below it. Throws StoreFailure, as it does, and for a row that
// does not read.
class ViewLookup {
 public:
  explicit ViewLookup(const ViewReader& views) : views_(views) {}

  // A tenant without history: an initial row.
  TenantRow Tenant(const TenantId& tenant) const;
  // `folded` by FoldEmail.
  std::optional<ContactId> ContactByEmail(const TenantId& tenant, std::string_view folded) const;
  std::optional<ListedContact> ContactById(const TenantId& tenant, ContactId id) const;
  // All of it, for those who change it.
  std::optional<ContactModel> WholeContact(const TenantId& tenant, ContactId id) const;
  std::optional<UserRow> UserById(const TenantId& tenant, const UserId& id) const;
  // The user whose stored name it is; if there is none, the first whose name folds to it
  // (FoldUserName).
  std::optional<UserRow> UserByName(const TenantId& tenant, std::string_view name) const;
  // The user whom somebody means who types this name.
  std::optional<UserRow> UserAsTyped(const TenantId& tenant, const std::string& typed) const;
  // The user whose account came with the contact.
  std::optional<UserId> AccountOf(const TenantId& tenant, ContactId contact) const;
  std::optional<TokenRow> TokenById(const TenantId& tenant, std::string_view id) const;
  // The live token of that name.
  std::optional<TokenRow> TokenByName(const TenantId& tenant, std::string_view name) const;
  // The record that answered this key of this actor first.
  std::optional<Sequence> SequenceOfKey(const TenantId& tenant, std::string_view actor,
                                        std::string_view key) const;
  // Entries that are no history, chained on one that nobody has seen
  // (projections/views/superseded_chains.h).
  std::optional<SupersededChain> OrphansOn(const TenantId& tenant, const Hash& parent) const;
  // The bytes of a record of history.
  std::optional<std::string> RecordAt(const TenantId& tenant, Sequence sequence) const;

 private:
  const ViewReader& views_;
};

}  // namespace contacts
