// The values of the views (events/rows/row_archive.h has their bytes).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "events/contact.h"
#include "events/model/contact_model.h"
#include "events/model/tenant_model.h"
#include "events/model/token_model.h"
#include "events/model/user_model.h"
#include "events/position.h"
#include "events/values/field.h"
#include "events/values/hash.h"

namespace contacts {

// How far the projection of one partition is: the next entry to apply, and the entry before it, by
// which a log that was cut or replaced is noticed.
struct CheckpointRow {
  static constexpr int kRowVersion = 2;
  std::string log_id;  // empty: no opening record was read yet
  Offset next;
  Hash before;                  // SHA-256 of the value of the entry before `next`
  Timestamp before_appended;    // the log's time of that entry
  int64_t superseded = 0;       // entries stepped over so far that were superseded …
  int64_t foreign = 0;          // … or that are foreign
  int64_t epoch = kFirstEpoch;  // of the records that come now

  bool operator==(const CheckpointRow&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("logId", log_id), Field("next", next), Field("before", before),
       Field("beforeAppended", before_appended), Field("superseded", superseded),
       Field("foreign", foreign), Field("epoch", epoch));
  }
};

// The tenant's model, and the positions of the log and the read models.
struct TenantRow : TenantModel {
  static constexpr int kRowVersion = 5;
  Sequence head;       // newest record of history …
  Hash head_hash;      // … and the SHA-256 of its bytes
  Timestamp time;      // its time; a later record's is never earlier
  Sequence applied;    // position of the read models; below `head` only while parked
  std::string parked;  // why `applied` stays behind; empty: the tenant is not parked
  // Why the tenant takes no writes (projections/views/superseded_chains.h); empty: it takes them.
  std::string closed;
  std::string keys = {};                // the key tree of its newest record that names one
  std::vector<EpochBegun> epochs = {};  // those in which it got records, but not the first
  // The newest PersonErased that a parked tenant obeys, though it was not applied yet; 0: none.
  Sequence obeyed = {};

  bool operator==(const TenantRow&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("head", head), Field("headHash", head_hash), Field("time", time),
       Field("applied", applied));
    TenantModel::serialize(ar);
    ar(Field("parked", parked), Field("closed", closed), Field("keys", keys),
       Field("epochs", epochs), Field("obeyed", obeyed));
  }
};

// Entries that were superseded, each chained on the one before
// (projections/views/superseded_chains.h).
struct SupersededChain {
  enum class Root { kSeen, kUnknown, kDisowned };
  Root root = Root::kSeen;  // what the first entry is chained on …
  Hash parent;              // … and its hash
  Sequence first;
  Sequence last;
  Hash tip;  // the last entry
  int64_t entries = 0;
  Timestamp begun;  // the log's time of the first entry …
  Timestamp grown;  // … and of the last

  bool operator==(const SupersededChain&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("root", root), Field("parent", parent), Field("first", first), Field("last", last),
       Field("tip", tip), Field("entries", entries), Field("begun", begun), Field("grown", grown));
  }
};
template <>
struct EnumNames<SupersededChain::Root> {
  using Root = SupersededChain::Root;
  static constexpr std::pair<Root, std::string_view> names[] = {
      {Root::kSeen, "seen"}, {Root::kUnknown, "unknown"}, {Root::kDisowned, "disowned"}};
  static_assert(std::size(names) == static_cast<size_t>(Root::kDisowned) + 1);
};

struct SupersededRow {
  static constexpr int kRowVersion = 1;
  std::vector<SupersededChain> chains;  // bounded in number; the chain that grew last is the last

  bool operator==(const SupersededRow&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("chains", chains));
  }
};

// An entry that cannot be a record of history, whatever came before it.
struct ForeignEntry {
  Offset offset;
  Timestamp appended;
  std::string key;  // as far as it can be printed, shortened
  int64_t bytes = 0;
  std::string reason;

  bool operator==(const ForeignEntry&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("offset", offset), Field("appended", appended), Field("key", key),
       Field("bytes", bytes), Field("reason", reason));
  }
};

struct ForeignRow {
  static constexpr int kRowVersion = 2;
  std::vector<ForeignEntry> newest;  // of one partition; bounded in number, the newest is the last
  // Tenants that had no history when an entry of theirs was superseded, the oldest first. A client
  // that may write to the log can make them up, so their number is bounded, and the rows of dropped
  // ones are erased.
  std::vector<TenantId> unknown_tenants;

  bool operator==(const ForeignRow&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("newest", newest), Field("unknownTenants", unknown_tenants));
  }
};

// The part of a contact that lists and access read: what access decides on, and the rendered JSON,
// which is sent unchanged. It is the front of a ContactRow (FrontFromRow), and has the version of
// the whole row.
struct ListedContact {
  static constexpr int kRowVersion = 3;
  ContactType type = ContactType::kInternal;
  bool is_active = true;
  std::optional<std::string> company;
  Sequence changed;  // the record that made or last changed it: its ETag
  std::string json;  // the Contact, as ToJson writes it

  bool operator==(const ListedContact&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("type", type), Field("isActive", is_active), Field("company", company),
       Field("changed", changed), Field("json", json));
  }
};

// A ListedContact, and after it the contact itself, which commands that change it need.
struct ContactRow : ListedContact {
  Contact contact{};
  Sequence first = {};  // as the ContactModel has them, like all members below
  Sequence last = {};
  int64_t generation = 0;
  bool held = false;

  bool operator==(const ContactRow&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ListedContact::serialize(ar);
    ar(Field("contact", contact), Field("first", first), Field("last", last),
       Field("generation", generation), Field("held", held));
  }
};

// What is left of a contact that is not shown, as the ContactModel has it. Nothing in it depends on
// personal data.
struct TombstoneRow {
  static constexpr int kRowVersion = 1;
  Sequence changed;
  Sequence first;
  Sequence last;
  int64_t generation = 0;
  bool held = false;
  Sequence erased;  // 0: not erased yet, but its data cannot be opened

  bool operator==(const TombstoneRow&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("changed", changed), Field("first", first), Field("last", last),
       Field("generation", generation), Field("held", held), Field("erased", erased));
  }
};

inline ContactModel ModelOf(ContactRow&& row) {
  return {.contact = std::move(row.contact),
          .changed = row.changed,
          .first = row.first,
          .last = row.last,
          .generation = row.generation,
          .held = row.held};
}
inline ContactModel ModelOf(ContactId id, const TombstoneRow& row) {
  ContactModel model{.changed = row.changed,
                     .first = row.first,
                     .last = row.last,
                     .generation = row.generation,
                     .held = row.held,
                     .withheld = row.erased.value == 0,
                     .erased = row.erased};
  model.contact.id = id;
  return model;
}

struct DisclosureRow {
  static constexpr int kRowVersion = 1;
  std::string recipient;
  Sequence from;
  Sequence to;

  bool operator==(const DisclosureRow&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("recipient", recipient), Field("from", from), Field("to", to));
  }
};

struct MentionRow {
  static constexpr int kRowVersion = 1;
  ContactType type = ContactType::kInternal;
  std::optional<std::string> company;
  std::string json;  // {"id","fullName","mentionName","email"}

  bool operator==(const MentionRow&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("type", type), Field("company", company), Field("json", json));
  }
};

struct UserRow : UserModel {
  static constexpr int kRowVersion = 4;
};

struct TokenRow : TokenModel {
  static constexpr int kRowVersion = 1;
};

}  // namespace contacts
