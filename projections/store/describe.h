// All rows of the views, for people, tests and comparisons.
#pragma once

#include <string>
#include <string_view>

#include "events/values/hash.h"
#include "projections/store/view_store.h"

namespace contacts {

// Keeps printable ASCII, writes any other byte and the backslash as \xNN.
std::string Printable(std::string_view text);

// One line for each row, in order of view and key: `view key → value`, with text as Printable
// writes it and the fields of a row by name. Throws StoreFailure.
std::string Describe(const ViewReader& views);

// A digest of all rows except those of the log (how far it was read, what was stepped over): two
// stores with the same history have the same digest, however they were made. If the store is being
// written, pass a snapshot of it. Starts with 32 zero bytes; then, for each row in order of view
// and key:
//   digest = SHA-256(digest, view (1 byte), length of key (4 bytes, big-endian), key,
//                    length of value (4 bytes), value)
// Throws StoreFailure.
Hash Digest(const ViewReader& views);

}  // namespace contacts
