// Bodies of requests and answers that are neither a command nor a contact.
#pragma once

#include <optional>
#include <string>

#include "events/user.h"
#include "events/values/field.h"
#include "infra/base/wipe.h"
#include "infra/identity/password_rule.h"

namespace contacts::api {

namespace rules {
inline constexpr FieldRule kSecret{FieldRule::Form::kSecret, 1, 1024};
inline constexpr FieldRule kTenant{FieldRule::Form::kTenant, 1, 64};
inline constexpr FieldRule kNewPassword{FieldRule::Form::kSecret, kMinPasswordCharacters,
                                        kMaxPasswordCharacters};
inline constexpr FieldRule kLink{FieldRule::Form::kText, 1, 256};
}  // namespace rules

// POST /login
struct Login {
  std::string username;
  std::string password;
  std::optional<std::string> tenant;  // nullopt: the default tenant, if one is configured

  ~Login() { Wipe(&password); }
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("username", username, contacts::rules::kUserName),
       Field("password", password, rules::kSecret), Field("tenant", tenant, rules::kTenant));
  }
};

// POST /activate
struct Activation {
  std::string token;
  std::string password;

  ~Activation() { Wipe(&password); }
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("token", token, rules::kLink), Field("password", password, rules::kNewPassword));
  }
};

// The answer to POST /accounts/{contactId}/invitation
struct Invited {
  std::string token;  // for POST /activate; shown this once
  std::string username;
  Timestamp expires;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("token", token), Field("username", username), Field("expires", expires));
  }
};

// A body without fields: POST /logout.
struct NoFields {
  template <class Archive>
  void serialize(Archive&) {}
};

// GET /user and the answer to POST /login
struct User {
  UserId id;
  std::string username;
  std::string role;
  TenantId tenant_id;
  std::optional<ContactId> contact_id;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("id", id), Field("username", username), Field("role", role),
       Field("tenantId", tenant_id), Field("contactId", contact_id));
  }
};

}  // namespace contacts::api
