// A user as operators see it.
#pragma once

#include <string>
#include <vector>

#include "events/json/json_archive.h"
#include "infra/ops/operations.h"
#include "infra/ops/shown_lock.h"
#include "projections/store/rows.h"

namespace contacts::ops {

enum class UserState {
  kActive,
  kDisabled,
  kContactInactive,
  kInvited,     // no password yet, but a link to set one
  kNoPassword,  // no password yet, and no link
};

struct ShownUser {
  UserId id;
  std::string username;
  std::string role;
  bool disabled = false;
  bool has_password = false;
  std::optional<ContactId> contact_id;
  UserState state = UserState::kActive;
  Maybe<Timestamp> invited_until;  // the end of a link that still counts
  Maybe<Timestamp> locked_until;   // when the last of `locks` ends; left out: no lock
  Maybe<std::vector<ShownLock>> locks;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("id", id), Field("username", username), Field("role", role),
       Field("disabled", disabled), Field("hasPassword", has_password),
       Field("contactId", contact_id), Field("state", state), Field("invitedUntil", invited_until),
       Field("lockedUntil", locked_until), Field("locks", locks));
  }
};

// Throws StoreFailure.
ShownUser ShowUser(const OpsContext& context, const TenantId& tenant, const UserRow& user);
std::vector<ShownLock> ShowLocks(const OpsContext& context, const std::vector<LoginLock>& locks);

}  // namespace contacts::ops

template <>
struct contacts::EnumNames<contacts::ops::UserState> {
  using State = ops::UserState;
  static constexpr std::pair<State, std::string_view> names[] = {
      {State::kActive, "active"},
      {State::kDisabled, "disabled"},
      {State::kContactInactive, "contactInactive"},
      {State::kInvited, "invited"},
      {State::kNoPassword, "noPassword"}};
};
