// A user's account. The password's hash is not part of it: it lies in the SecretStore under a
// credential id.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/values/field.h"
#include "events/values/hash.h"

namespace contacts {

// The stored names that a typed name may mean, the nearest first: the name as typed, with ASCII in
// lower case (as names were stored before FoldUserName folded them), folded. Each once, at most
// kMostSpellings. So two older users whose names fold alike are each found by their exact name.
inline constexpr size_t kMostSpellings = 3;
std::vector<std::string> SpellingsOf(const std::string& typed);

namespace rules {
inline constexpr FieldRule kNewUserName{FieldRule::Form::kNewName, 1, 254};
inline constexpr FieldRule kUserName{FieldRule::Form::kStoredName, 1, 254};
inline constexpr FieldRule kRole{FieldRule::Form::kText, 1, 64};
}  // namespace rules

// The account that `canLogin` makes together with its contact.
struct Account {
  UserId user_id;
  std::string username;
  std::string role;

  bool operator==(const Account&) const = default;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("userId", user_id), Personal("username", username), Field("role", role));
  }
};

// The newest link by which a user may set a password. It works once, until it expires.
struct Invitation {
  Hash hash;  // SHA-256 of its secret
  Timestamp expires;

  bool operator==(const Invitation&) const = default;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("hash", hash), Field("expires", expires));
  }
};

// The part of a user that UserChanged changes.
struct UserState {
  std::string role;
  bool disabled = false;

  bool operator==(const UserState&) const = default;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("role", role, rules::kRole), Field("disabled", disabled));
  }
};

}  // namespace contacts
