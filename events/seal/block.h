// Sealed blocks: the personal members of one part of one record, encrypted so that they can be
// erased while the record's bytes, and every hash over them, stay as they are.
//
//   plain       a JSON object, padded with spaces to a multiple of 64 bytes
//   opening     SHA-256(04 || K || record 00 part)
//   commitment  SHA-256(opening || plain)
//   sealed      Base64 of AES-256-GCM(SHA-256(02 || K), nonce, plain, aad) and its tag of 16 bytes
//   nonce       the first 12 bytes of SHA-256(03 || K || record 00 part || commitment)
//   aad         tenant LF record LF part LF type LF subject
//
// The nonce depends on the plain text, so a record id that is used twice reveals nothing. GCM does
// not commit to a plain text: the commitment lets an auditor check a disclosed block against the
// hashed record by SHA-256 alone. Without the key the commitment tells nothing.
//
// Any thread: each keeps a context of OpenSSL's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "events/seal/seed.h"
#include "events/values/hash.h"

namespace contacts::seal {

// Which block it is. One that is copied to another place does not open.
struct BlockPlace {
  std::string_view tenant;
  std::string_view record;  // its id
  std::string_view part;    // "data" or "actor"
  std::string_view type;    // of the event
  std::string_view subject;
};

struct SealedBlock {
  std::string sealed;
  Hash commitment;
  bool operator==(const SealedBlock&) const = default;
};

// The key of an actor's block: gone when the actor is erased, or the month.
Seed ActorKey(const Seed& actor, const Seed& month);

// `plain`: a JSON object without white space around it.
SealedBlock Seal(const Seed& key, const BlockPlace& place, std::string_view plain);

// The plain text without its padding. nullopt: it is not what Seal makes with this key at this
// place; why is not told apart.
std::optional<std::string> Unseal(const Seed& key, const BlockPlace& place,
                                  const SealedBlock& block);

// The hash that is handed out with the padded plain text, so that any reader can check the text.
Hash OpeningOf(const Seed& key, const BlockPlace& place);
std::string Padded(std::string_view plain);
// Needs no key. `padded`: with its padding.
bool IsCommittedTo(std::string_view padded, const Hash& opening, const Hash& commitment);

}  // namespace contacts::seal
