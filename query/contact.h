// One contact, as a caller may see it.
#pragma once

#include <optional>
#include <string>

#include "events/position.h"
#include "events/seal/keyring.h"
#include "events/values/result.h"
#include "projections/store/rows.h"
#include "projections/store/view_store.h"
#include "query/access.h"
#include "query/past.h"

namespace contacts::query {

// The part of a contact's state that lists and access read.
ListedContact ListedOf(const ContactModel& shown);

struct ContactReading {
  std::string json;  // the Contact
  Position tag;      // of the record that last changed it: its ETag
  Position at;       // of the rows that it was read from
  std::optional<Sequence> parked;
};

// The contact as it is now, or as it was after record `as_of`, which must be applied: for the asker
// as of now, the contact as of then. kNotFound: it did not exist, or the asker may not see it.
// kGone: it is erased, or its state of then is. Throws StoreFailure.
Result<ContactReading> ReadContact(const ViewStore& views, seal::Keyring& keyring,
                                   const Asker& asker, ContactId id, std::optional<Sequence> as_of);

// The ETag of the contact as it is now; nullopt: the asker sees no such contact.
std::optional<Position> TagOf(const ViewStore& views, const Asker& asker, ContactId id);

}  // namespace contacts::query
