// The past of contacts: folds of their records, which nothing keeps.
#pragma once

#include <optional>
#include <string>

#include "events/model/contact_model.h"
#include "events/record.h"
#include "events/seal/keyring.h"
#include "events/values/ids.h"
#include "events/values/result.h"
#include "projections/store/view_store.h"
#include "projections/view_lookup.h"

namespace contacts::query {

// One tenant's past, as the rows of one position have it. One thread. Throws StoreFailure, also for
// a record of history that is missing or cannot be read.
class Past {
 public:
  // All must outlive this.
  Past(const ViewReader& snapshot, seal::Keyring& keyring, const TenantId& tenant);

  // The record, with its data opened, or withheld if its key was erased.
  Record RecordAt(Sequence sequence) const;
  // The same in two steps, because most of the cost is in the second.
  Record SealedRecordAt(Sequence sequence) const;
  void Open(Record* record) const;
  // Also the block about who acted, which no fold needs.
  void OpenActorOf(Record* record) const;

  // The contact after record `at`, which is applied; nullopt: it did not exist yet. A contact that
  // has not changed since is its row of today, so only others cost reading their records. It is not
  // shown if it was erased by then, or its state of then was erased since.
  std::optional<ContactModel> ContactAt(ContactId id, Sequence at) const;

  // The newest record whose time is not after `time`; 0: there is none.
  Sequence NewestUntil(Timestamp time) const;

  const ViewLookup& lookup() const { return lookup_; }
  const TenantId& tenant() const { return tenant_; }

 private:
  Timestamp TimeOf(Sequence sequence) const;

  const ViewLookup lookup_;
  seal::Keyring& keyring_;
  const TenantId& tenant_;
};

// What ContactAt folds: the state after each of the contact's records, from the first one on. For
// code that needs several states of one contact, so that each record is read once.
class ContactFolding {
 public:
  // `generation`: of the contact's keys, now. A state of an older one is withheld: the contact's
  // past was erased, though its keys may be there for a moment longer.
  ContactFolding(const Past& past, ContactId id, int64_t generation)
      : past_(past), id_(id), generation_(generation) {}

  // Goes on to the state after record `at`, which must not be before the last one.
  const std::optional<ContactModel>& To(Sequence at);
  // As To; the record that is folded has been read already, by RecordAt.
  const std::optional<ContactModel>& Add(const Record& record);

 private:
  const Past& past_;
  const ContactId id_;
  const int64_t generation_;
  Sequence folded_;
  std::optional<ContactModel> state_;
};

}  // namespace contacts::query
