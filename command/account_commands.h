// The commands about users, links, tokens of machines, and limits.
#pragma once

#include <optional>
#include <string>

#include "events/token.h"
#include "events/user.h"
#include "events/values/field.h"
#include "events/values/hash.h"

namespace contacts {

struct AddUser {
  static constexpr const char* kName = "AddUser";
  std::string username;
  std::string role;

  bool operator==(const AddUser&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("username", username, rules::kNewUserName), Field("role", role, rules::kRole));
  }
};

struct ChangeUser {
  static constexpr const char* kName = "ChangeUser";
  std::string username;
  std::optional<std::string> role;  // nullopt: unchanged
  std::optional<bool> disabled;     // nullopt: unchanged

  bool operator==(const ChangeUser&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("username", username, rules::kUserName), Field("role", role, rules::kRole),
       Field("disabled", disabled));
  }
};

// The caller has put the password's hash into the SecretStore under `credential_id`.
struct SetPassword {
  static constexpr const char* kName = "SetPassword";
  std::string username;
  std::string credential_id;
  bool operator==(const SetPassword&) const = default;
};

// Logs the user out everywhere: ends all sessions that began before its record.
struct EndSessions {
  static constexpr const char* kName = "EndSessions";
  std::string username;
  bool operator==(const EndSessions&) const = default;
};

// Issues a link by which the user may set a password; it ends any older link.
struct IssueInvitation {
  static constexpr const char* kName = "IssueInvitation";
  UserId user_id;
  Hash hash;  // SHA-256 of the link's secret
  Timestamp expires;
  bool operator==(const IssueInvitation&) const = default;
};

// The link that a request contains. `now`: when the request came.
struct ShownInvitation {
  UserId user_id;
  Hash hash;
  Timestamp now;
  bool operator==(const ShownInvitation&) const = default;
};

// Sets the password of the link's user. The caller has put its hash into the SecretStore.
struct ActivateAccount {
  static constexpr const char* kName = "ActivateAccount";
  ShownInvitation invitation;
  std::string credential_id;
  bool operator==(const ActivateAccount&) const = default;
};

struct IssueToken {
  static constexpr const char* kName = "IssueToken";
  std::string token_id;  // random
  std::string name;
  TokenScope scope = TokenScope::kRead;
  std::optional<Timestamp> expires;
  Hash hash;

  bool operator==(const IssueToken&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("tokenId", token_id), Field("name", name, rules::kTokenName), Field("scope", scope),
       Field("expires", expires), Field("hash", hash));
  }
};

struct RevokeToken {
  static constexpr const char* kName = "RevokeToken";
  std::string name;
  bool operator==(const RevokeToken&) const = default;
};

struct LimitTenant {
  static constexpr const char* kName = "LimitTenant";
  std::optional<int64_t> contacts;  // nullopt: no limit
  bool operator==(const LimitTenant&) const = default;
};

}  // namespace contacts
