// Lookups of the rows that commands are decided on; queries read the same rows.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "events/model/contact_model.h"
#include "events/values/ids.h"
#include "projections/store/rows.h"
#include "projections/store/view_store.h"

namespace contacts {

// Any thread, if the reader below allows it. Throws the StoreFailure of that reader, and one for a
// row that cannot be decoded.
class ViewLookup {
 public:
  explicit ViewLookup(const ViewReader& views) : views_(views) {}

  // Returns an initial row for a tenant without history.
  TenantRow Tenant(const TenantId& tenant) const;
  // `folded`: the result of FoldEmail.
  std::optional<ContactId> ContactByEmail(const TenantId& tenant, std::string_view folded) const;
  std::optional<ListedContact> ContactById(const TenantId& tenant, ContactId id) const;
  // The whole contact, for commands that change it.
  std::optional<ContactModel> WholeContact(const TenantId& tenant, ContactId id) const;
  std::optional<UserRow> UserById(const TenantId& tenant, const UserId& id) const;
  // The user whose stored name is `name`; else the first user whose name folds to it
  // (FoldUserName).
  std::optional<UserRow> UserByName(const TenantId& tenant, std::string_view name) const;
  // The user that a person means by typing this name.
  std::optional<UserRow> UserAsTyped(const TenantId& tenant, const std::string& typed) const;
  // The user whose account came with the contact.
  std::optional<UserId> AccountOf(const TenantId& tenant, ContactId contact) const;
  std::optional<TokenRow> TokenById(const TenantId& tenant, std::string_view id) const;
  // The live token of that name.
  std::optional<TokenRow> TokenByName(const TenantId& tenant, std::string_view name) const;
  // The record that answered this key of this actor first.
  std::optional<Sequence> SequenceOfKey(const TenantId& tenant, std::string_view actor,
                                        std::string_view key) const;
  // The longest chain of orphans on `parent` (projections/views/superseded_chains.h).
  std::optional<SupersededChain> OrphansOn(const TenantId& tenant, const Hash& parent) const;
  // The bytes of a record of history.
  std::optional<std::string> RecordAt(const TenantId& tenant, Sequence sequence) const;

 private:
  const ViewReader& views_;
};

}  // namespace contacts
