// The contacts of a tenant as they were after one record, in order of their ids. Nothing keeps such
// a list: a contact that has not changed since is its row of today, and any other one is folded.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "events/seal/keyring.h"
#include "events/values/ids.h"
#include "projections/store/view_store.h"
#include "query/access.h"
#include "query/list/byte_budget.h"
#include "query/past.h"

namespace contacts::query {

// A walk ends when it would fold more contacts than this, or read more records for them.
struct FoldBounds {
  int64_t contacts = 100'000;
  int64_t records = 500'000;
};

// One thread. Throws StoreFailure.
class ContactsThen {
 public:
  // The contacts after record `at`, which is applied, for `viewer` as it is now. All must outlive
  // this.
  ContactsThen(const ViewReader& snapshot, seal::Keyring& keyring, const TenantId& tenant,
               const Viewer& viewer, Sequence at, FoldBounds bounds = {})
      : snapshot_(snapshot),
        past_(snapshot, keyring, tenant),
        viewer_(viewer),
        at_(at),
        bounds_(bounds) {}

  enum class Ended {
    kAtEnd,
    kByVisitor,
    kByBudget,
    kTooFar,  // too many contacts changed since, or too often
  };
  struct Walked {
    Ended ended;
    ContactId last;        // each contact up to this one was looked at, and none after it
    int64_t withheld = 0;  // of these, contacts whose state of then was erased since
  };
  // Visits the contacts that the viewer sees after `after`, up to and including `until`, until
  // `visit` returns false, which takes the contact back. `budget` pays for rows and records that
  // are read; at least one contact is looked at even if it does not suffice.
  using Visit = std::function<bool(std::string_view json)>;
  Walked Walk(ContactId after, ContactId until, ByteBudget* budget, const Visit& visit) const;

  // How many contacts in that range existed then and were erased since. If the budget does not
  // suffice, `*until` becomes the last contact that was looked at.
  int64_t ErasedSince(ContactId after, ContactId* until, ByteBudget* budget) const;

 private:
  class Walking;

  const ViewReader& snapshot_;
  const Past past_;
  const Viewer& viewer_;
  const Sequence at_;
  const FoldBounds bounds_;
};

}  // namespace contacts::query
