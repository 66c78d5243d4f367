// The events of erasure: who or what is erased, what must not be, and to whom it was disclosed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/about.h"
#include "events/contact.h"
#include "events/user.h"
#include "events/values/field.h"

namespace contacts {

// Why a person is erased: the letters of Article 17(1) GDPR.
enum class Ground {
  kNoLongerNeeded,
  kConsentWithdrawn,
  kObjected,
  kUnlawful,
  kLegalObligation,
  kChildsConsent
};

template <>
struct EnumNames<Ground> {
  static constexpr std::pair<Ground, std::string_view> names[] = {
      {Ground::kNoLongerNeeded, "a"},  {Ground::kConsentWithdrawn, "b"},
      {Ground::kObjected, "c"},        {Ground::kUnlawful, "d"},
      {Ground::kLegalObligation, "e"}, {Ground::kChildsConsent, "f"}};
};

// A person is erased: the contact, and each of these actors with what they are known by. Ids stay
// taken for ever. Its form is frozen, so that every build obeys it. It names the contact's accounts
// and each actor that was seen with it, because readers look up none of them.
struct PersonErased {
  static constexpr const char* kType = "PersonErased";
  static constexpr int kVersion = 1;
  static constexpr About kAbout{.contact = true, .user = true, .tenant = true, .actor = true};
  static constexpr SealedFor kSealedFor = SealedFor::kActor;

  std::optional<ContactId> contact_id;  // nullopt: only the actors
  std::vector<std::string> actors;      // as records name them: "7", "ext:u-77", "operator:jo"
  Ground ground = Ground::kNoLongerNeeded;

  bool operator==(const PersonErased&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("contactId", contact_id), Field("actors", actors), Field("ground", ground));
  }
};

// All that was recorded about the contact before this record is erased. Its present stays: it is
// here once more, whole, sealed in the next generation.
struct PastErased {
  static constexpr const char* kType = "PastErased";
  static constexpr int kVersion = 1;
  static constexpr About kAbout{.contact = true, .user = true, .tenant = true};
  static constexpr SealedFor kSealedFor = SealedFor::kContact;

  ContactId contact_id;
  int64_t generation = 0;  // of the contact's keys, from this record on
  ContactFields fields;
  Timestamp created_at;            // updatedAt is the record's time
  std::optional<Account> account;  // its user name was sealed with the past

  bool operator==(const PastErased&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("contactId", contact_id), Field("generation", generation));
    fields.serialize(ar);
    ar(Field("createdAt", created_at), Field("account", account));
  }
};

// Who acted before that month is erased from all records, for everybody.
struct MonthErased {
  static constexpr const char* kType = "MonthErased";
  static constexpr int kVersion = 1;
  static constexpr About kAbout{.tenant = true, .actor = true};
  static constexpr SealedFor kSealedFor = SealedFor::kActor;

  std::string before;  // "2026-05": the first month that stays (events/values/month.h)

  bool operator==(const MonthErased&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("before", before));
  }
};

// From here on the contact must not be erased (a legal hold) …
struct HoldPlaced {
  static constexpr const char* kType = "HoldPlaced";
  static constexpr int kVersion = 1;
  static constexpr About kAbout{.contact = true, .user = true};
  static constexpr SealedFor kSealedFor = SealedFor::kActor;

  ContactId contact_id;

  bool operator==(const HoldPlaced&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("contactId", contact_id));
  }
};

// … and may be again.
struct HoldLifted {
  static constexpr const char* kType = "HoldLifted";
  static constexpr int kVersion = 1;
  static constexpr About kAbout{.contact = true, .user = true};
  static constexpr SealedFor kSealedFor = SealedFor::kActor;

  ContactId contact_id;

  bool operator==(const HoldLifted&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("contactId", contact_id));
  }
};

// Personal data was written in plain text for `recipient`: the answer to a later erasure lists it.
struct Disclosed {
  static constexpr const char* kType = "Disclosed";
  static constexpr int kVersion = 1;
  static constexpr About kAbout{.contact = true, .user = true};
  static constexpr SealedFor kSealedFor = SealedFor::kActor;

  std::optional<ContactId> contact_id;  // nullopt: of the whole tenant
  std::string recipient;
  Sequence from;  // the first record that was disclosed …
  Sequence to;    // … and the last

  bool operator==(const Disclosed&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("contactId", contact_id), Field("recipient", recipient), Field("from", from),
       Field("to", to));
  }
};

}  // namespace contacts
