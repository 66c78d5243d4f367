// Lookups of the rows that commands are decided on; queries read the same rows.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/model/contact_model.h"
#include "events/values/ids.h"
#include "projections/store/rows.h"
#include "projections/store/view_store.h"

namespace contacts {

enum class PositionIs {
  kApplied,
  kAhead,   // in the history, which is not applied so far, because the tenant is parked
  kBeyond,  // after the head of the history: it may come
  kLost,    // of a part that was lost when an older copy of the log was put in its place
};

// The position of the tenant's record `sequence`.
inline Position PositionAt(const TenantRow& row, Sequence sequence) {
  return {sequence, EpochOf(row.epochs, sequence)};
}

// Any thread, if the reader below allows it. Throws the StoreFailure of that reader, and one for a
// row that cannot be decoded.
class ViewLookup {
 public:
  explicit ViewLookup(const ViewReader& views) : views_(views) {}

  // Returns an initial row for a tenant without history.
  TenantRow Tenant(const TenantId& tenant) const;
  // The epoch in which records are made now: 1 until a log is restored.
  int64_t Epoch() const;
  // Whether the position is one of the tenant's history as it is here.
  PositionIs Find(const TenantId& tenant, const Position& position) const;
  // `folded`: the result of FoldEmail.
  std::optional<ContactId> ContactByEmail(const TenantId& tenant, std::string_view folded) const;
  std::optional<ListedContact> ContactById(const TenantId& tenant, ContactId id) const;
  // The whole contact, for commands that change it, also one that is not shown; nullopt: it never
  // existed.
  std::optional<ContactModel> WholeContact(const TenantId& tenant, ContactId id) const;
  // The record that erased the contact or the actor first, also one that a parked tenant obeys
  // though it is not applied yet; nullopt: it is not erased.
  std::optional<Sequence> ErasureOf(const TenantId& tenant, ContactId id) const;
  std::optional<Sequence> ErasureOf(const TenantId& tenant, std::string_view actor) const;
  // The contact's account and the actors that were seen with it; one may come twice.
  std::vector<std::string> ActorsOf(const TenantId& tenant, ContactId contact) const;
  // The contact of the user, and those that the actor was seen with; one may come twice.
  std::vector<ContactId> ContactsOf(const TenantId& tenant, std::string_view actor) const;
  // The records about the contact after `after`, up to and including `last`, at most `most`, in
  // order; none: it never existed, or has no such record.
  std::vector<Sequence> RecordsOf(const TenantId& tenant, ContactId contact, Sequence after,
                                  Sequence last,
                                  size_t most = std::numeric_limits<size_t>::max()) const;
  // The contacts under legal hold, and the records that placed the holds.
  std::vector<std::pair<ContactId, Sequence>> Holds(const TenantId& tenant) const;
  // To whom the contact was disclosed, alone or with the whole tenant; each once, sorted. `first`:
  // the record that made the contact.
  std::vector<std::string> RecipientsOf(const TenantId& tenant, ContactId contact,
                                        Sequence first) const;
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
