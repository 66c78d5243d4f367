// The events: one struct each, with the name and version that it has in records. events/README.md
// has the table. A written version never changes; a new one gets an upcaster.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "events/about.h"
#include "events/contact.h"
#include "events/erasure_events.h"
#include "events/token.h"
#include "events/user.h"
#include "events/values/error.h"
#include "events/values/hash.h"

namespace contacts {

// The refusals that can be history.
template <>
struct EnumNames<ErrorCode> {
  static constexpr std::pair<ErrorCode, std::string_view> names[] = {
      {ErrorCode::kForbidden, "forbidden"},
      {ErrorCode::kNotFound, "notFound"},
      {ErrorCode::kConflict, "conflict"},
      {ErrorCode::kEmailTaken, "emailTaken"},
      {ErrorCode::kUserNameTaken, "userNameTaken"},
      {ErrorCode::kTokenNameTaken, "tokenNameTaken"},
      {ErrorCode::kPreconditionFailed, "preconditionFailed"},
      {ErrorCode::kUnavailable, "unavailable"}};
};

struct ContactCreated {
  static constexpr const char* kType = "ContactCreated";
  static constexpr int kVersion = 1;
  static constexpr About kAbout{.contact = true, .user = true, .tenant = true};
  static constexpr SealedFor kSealedFor = SealedFor::kContact;

  ContactId id;
  ContactFields fields;            // createdAt and updatedAt are the record's time
  std::optional<Account> account;  // with canLogin

  bool operator==(const ContactCreated&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("id", id));
    fields.serialize(ar);
    ar(Field("account", account));
  }
};

// The fields that the change set, and what they were; at least one. updatedAt is the record's time.
struct ContactChanged {
  static constexpr const char* kType = "ContactChanged";
  static constexpr int kVersion = 1;
  static constexpr About kAbout{.contact = true, .user = true};
  static constexpr SealedFor kSealedFor = SealedFor::kContact;

  ContactId id;
  ContactPart before;
  ContactPart after;
  // The users of a contact that this deactivates: their sessions and links end.
  std::vector<UserId> users_ended = {};

  bool operator==(const ContactChanged&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("id", id), Field("before", before), Field("after", after),
       Field("usersEnded", users_ended));
  }
};

struct UserAdded {
  static constexpr const char* kType = "UserAdded";
  static constexpr int kVersion = 1;
  static constexpr About kAbout{.user = true, .tenant = true};
  static constexpr SealedFor kSealedFor = SealedFor::kUser;

  UserId user_id;
  std::string username;
  std::string role;
  std::optional<ContactId> contact_id;

  bool operator==(const UserAdded&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("userId", user_id), Personal("username", username), Field("role", role),
       Field("contactId", contact_id));
  }
};

struct UserChanged {
  static constexpr const char* kType = "UserChanged";
  static constexpr int kVersion = 1;
  static constexpr About kAbout{.user = true};
  static constexpr SealedFor kSealedFor = SealedFor::kUser;

  UserId user_id;
  UserState before;
  UserState after;

  bool operator==(const UserChanged&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("userId", user_id), Field("before", before), Field("after", after));
  }
};

struct PasswordSet {
  static constexpr const char* kType = "PasswordSet";
  static constexpr int kVersion = 1;
  static constexpr About kAbout{.user = true};
  static constexpr SealedFor kSealedFor = SealedFor::kUser;

  UserId user_id;
  std::string credential_id;  // of the hash in the SecretStore (events/secret_store.h)

  bool operator==(const PasswordSet&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("userId", user_id), Field("credentialId", credential_id));
  }
};

// This record ends all sessions that the user began before it, wherever they are kept.
struct SessionsEnded {
  static constexpr const char* kType = "SessionsEnded";
  static constexpr int kVersion = 1;
  static constexpr About kAbout{.user = true};
  static constexpr SealedFor kSealedFor = SealedFor::kUser;

  UserId user_id;

  bool operator==(const SessionsEnded&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("userId", user_id));
  }
};

// A link by which the user may set a password, once. It ends any older link, and the next
// PasswordSet ends it. No record contains the secret of the link.
struct InvitationIssued {
  static constexpr const char* kType = "InvitationIssued";
  static constexpr int kVersion = 1;
  static constexpr About kAbout{.user = true};
  static constexpr SealedFor kSealedFor = SealedFor::kUser;

  UserId user_id;
  Hash hash;  // SHA-256 of the secret
  Timestamp expires;

  bool operator==(const InvitationIssued&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("userId", user_id), Field("hash", hash), Field("expires", expires));
  }
};

struct TokenIssued {
  static constexpr const char* kType = "TokenIssued";
  static constexpr int kVersion = 1;
  static constexpr About kAbout{.token = true};
  static constexpr SealedFor kSealedFor = SealedFor::kActor;

  std::string token_id;
  std::string name;  // no other live token of the tenant has it
  TokenScope scope = TokenScope::kRead;
  std::optional<Timestamp> expires;
  Hash hash;  // SHA-256 of the token

  bool operator==(const TokenIssued&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("tokenId", token_id), Field("name", name), Field("scope", scope),
       Field("expires", expires), Field("hash", hash));
  }
};

struct TokenRevoked {
  static constexpr const char* kType = "TokenRevoked";
  static constexpr int kVersion = 1;
  static constexpr About kAbout{.token = true};
  static constexpr SealedFor kSealedFor = SealedFor::kActor;

  std::string token_id;
  std::string name;

  bool operator==(const TokenRevoked&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("tokenId", token_id), Field("name", name));
  }
};

struct TenantLimited {
  static constexpr const char* kType = "TenantLimited";
  static constexpr int kVersion = 1;
  static constexpr About kAbout{.tenant = true};
  static constexpr SealedFor kSealedFor = SealedFor::kActor;

  std::optional<int64_t> contacts;  // the most that can be created; nullopt: no limit

  bool operator==(const TenantLimited&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("contacts", contacts));
  }
};

// A command that was refused: the answer that its key repeats, or a note for the audit.
struct CommandRefused {
  static constexpr const char* kType = "CommandRefused";
  static constexpr int kVersion = 1;
  static constexpr About kAbout{};
  static constexpr SealedFor kSealedFor = SealedFor::kContact;  // if it names one

  std::string command;                    // "CreateContact", …
  ErrorCode code = ErrorCode::kConflict;  // one that EnumNames<ErrorCode> names
  std::string message;                    // the text that the caller got; it names no value
  int64_t left_out = 0;  // refusals since the last noted one that were not noted themselves
  // The contact or user that the command was in conflict with. A user whose account came with a
  // contact has both.
  std::optional<ContactId> contact_id = {};
  std::optional<UserId> user_id = {};
  std::optional<bool> is_active = {};  // of that contact, at that time

  bool operator==(const CommandRefused&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("command", command), Field("code", code), Field("message", message),
       Field("leftOut", left_out), Field("contactId", contact_id), Field("userId", user_id),
       Field("isActive", is_active));
  }
};

// A command with a client's key that had no effect: the answer that the key repeats.
struct NothingChanged {
  static constexpr const char* kType = "NothingChanged";
  static constexpr int kVersion = 1;
  static constexpr About kAbout{};
  static constexpr SealedFor kSealedFor = SealedFor::kContact;  // if it names one

  std::string command;
  std::optional<ContactId> contact_id;
  std::optional<UserId> user_id;

  bool operator==(const NothingChanged&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("command", command), Field("contactId", contact_id), Field("userId", user_id));
  }
};

// The operator says that entries chained on one that no reader has seen do not belong to this
// history. The tenant then takes writes again.
struct ChainDisowned {
  static constexpr const char* kType = "ChainDisowned";
  static constexpr int kVersion = 1;
  static constexpr About kAbout{.chain = true};
  static constexpr SealedFor kSealedFor = SealedFor::kActor;

  Hash parent;     // that the first of them is chained on
  Sequence first;  // the lowest of their sequences …
  Sequence last;   // … and the highest, as far as they were seen
  int64_t entries = 0;

  bool operator==(const ChainDisowned&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("parent", parent), Field("first", first), Field("last", last),
       Field("entries", entries));
  }
};

using Event = std::variant<ContactCreated, UserAdded, UserChanged, PasswordSet, SessionsEnded,
                           CommandRefused, NothingChanged, ChainDisowned, InvitationIssued,
                           TokenIssued, TokenRevoked, TenantLimited, PersonErased, PastErased,
                           MonthErased, HoldPlaced, HoldLifted, Disclosed, ContactChanged>;

}  // namespace contacts
