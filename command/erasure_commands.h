// The commands of erasure, legal holds and disclosures.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/erasure_events.h"
#include "events/values/field.h"
#include "events/values/time.h"

namespace contacts {

// Erases a person: the contact with its accounts and each actor that was seen with it, and the
// named actors. A person that is erased already keeps its first erasure.
struct ErasePerson {
  static constexpr const char* kName = "ErasePerson";
  std::optional<ContactId> contact_id;  // nullopt: only the actors
  std::vector<std::string> actors;      // as records name them
  Ground ground = Ground::kNoLongerNeeded;
  bool operator==(const ErasePerson&) const = default;
};

// Erases all that was recorded about the contact so far; its present stays.
struct ErasePast {
  static constexpr const char* kName = "ErasePast";
  ContactId contact_id;
  bool operator==(const ErasePast&) const = default;
};

// Erases who acted before the month, from all records. `now`: when the request came.
struct EraseMonths {
  static constexpr const char* kName = "EraseMonths";
  std::string before;  // "2026-05"
  Timestamp now;
  bool operator==(const EraseMonths&) const = default;
};

// A legal hold: the contact, its accounts and the actors seen with it must not be erased.
struct PlaceHold {
  static constexpr const char* kName = "PlaceHold";
  ContactId contact_id;
  bool operator==(const PlaceHold&) const = default;
};

struct LiftHold {
  static constexpr const char* kName = "LiftHold";
  ContactId contact_id;
  bool operator==(const LiftHold&) const = default;
};

// Records that the records from `from` to `to` were written in plain text for the recipient.
struct NoteDisclosure {
  static constexpr const char* kName = "NoteDisclosure";
  std::optional<ContactId> contact_id;  // nullopt: of the whole tenant
  std::string recipient;
  Sequence from;
  Sequence to;
  bool operator==(const NoteDisclosure&) const = default;
};

}  // namespace contacts
