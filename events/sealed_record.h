// The seam between records in memory, which are plain, and their bytes, in which personal data is
// sealed (events/record.h, events/seal/). Nothing else knows whether a member was sealed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/record.h"
#include "events/seal/keyring.h"
#include "events/values/result.h"

namespace contacts {

// The bytes of the record. Always the same bytes for the same record and keys. The blocks are
// sealed with keys of the tree `envelope.keys`; `keys` is left out if there is no block.
// kGone: a key was erased. kUnavailable: a key is not at hand.
Result<std::string> EncodeRecord(const Record& record, seal::Keyring& keyring);

// For whom the data block of a record with this event is sealed: a contact, or a user. Neither:
// such records have no data block.
struct DataOwner {
  std::optional<ContactId> contact;
  std::optional<UserId> user;
  bool none() const { return !contact && !user; }
};
DataOwner DataOwnerOf(const Event& event);

enum class Opened {
  kOpen,     // or there is no such block
  kErased,   // its key was erased: nobody can open it again
  kLost,     // its key is not at hand, which is a fault if the store of secrets was read to its end
  kDamaged,  // its key is at hand, and does not open it
};

// Opens a block of a record that DecodeRecord returned. A record whose data is kErased is withheld
// from then on.
Opened OpenData(Record* record, seal::Keyring& keyring);
Opened OpenActor(Record* record, seal::Keyring& keyring);

// A part of a record as plain text, with what proves it (events/seal/block.h, IsCommittedTo).
struct Disclosure {
  std::string part;    // "data" or "actor"
  std::string padded;  // the plain text with its padding
  Hash opening;
};
// The parts of the record that can be opened, for whoever may see them. `record`: as DecodeRecord
// returned it.
std::vector<Disclosure> Disclose(const Record& record, seal::Keyring& keyring);

// The actor's block of a record: all actors but tokens are persons.
bool HasActorBlock(const Record& record);

}  // namespace contacts
