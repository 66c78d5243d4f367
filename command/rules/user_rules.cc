#include "command/rules/subjects.h"
#include "events/values/precis.h"

namespace contacts {
namespace {

Error NoUser() { return {ErrorCode::kNotFound, "there is no user of this name"}; }

}  // namespace

std::optional<Error> FaultOf(const std::optional<UserModel>& user, const ShownInvitation& link) {
  if (user && !user->state.disabled && user->invitation && user->invitation->hash == link.hash &&
      link.now < user->invitation->expires) {
    return std::nullopt;
  }
  return Error{ErrorCode::kNotFound, "this link is invalid, used or expired; ask for a new one"};
}

namespace rules {

Error UserNameTaken(const TenantState& state, const UserModel& holder) {
  Error error{ErrorCode::kUserNameTaken, "a user of this name exists already"};
  error.user_id = holder.user_id;
  SetHolder(state, holder.contact_id, &error);
  return error;
}

Decision DecideOn(const TenantState& state, const AddUser& add) {
  if (const auto same = state.UserByName(add.username)) return UserNameTaken(state, *same);
  return Event(UserAdded{NextUserId(state), FoldUserName(add.username), add.role, std::nullopt});
}

Decision DecideOn(const TenantState& state, const ChangeUser& change) {
  const auto user = state.UserByName(change.username);
  if (!user) return NoUser();
  UserState after = user->state;
  if (change.role) after.role = *change.role;
  if (change.disabled) after.disabled = *change.disabled;
  if (after == user->state) {
    return NothingChanged{ChangeUser::kName, std::nullopt, user->user_id};
  }
  return Event(UserChanged{user->user_id, user->state, after});
}

Decision DecideOn(const TenantState& state, const SetPassword& set) {
  const auto user = state.UserByName(set.username);
  if (!user) return NoUser();
  return Event(PasswordSet{user->user_id, set.credential_id});
}

Decision DecideOn(const TenantState& state, const EndSessions& end) {
  const auto user = state.UserByName(end.username);
  if (!user) return NoUser();
  // A disabled user has no sessions, since disabling ended them.
  if (user->state.disabled) return NothingChanged{EndSessions::kName, std::nullopt, user->user_id};
  return Event(SessionsEnded{user->user_id});
}

Decision DecideOn(const TenantState& state, const IssueInvitation& invite) {
  const auto user = state.UserById(invite.user_id);
  if (!user) return Error{ErrorCode::kNotFound, "there is no user " + invite.user_id.value};
  return Event(InvitationIssued{invite.user_id, invite.hash, invite.expires});
}

Decision DecideOn(const TenantState& state, const ActivateAccount& activate) {
  const ShownInvitation& link = activate.invitation;
  if (auto fault = FaultOf(state.UserById(link.user_id), link)) return *std::move(fault);
  return Event(PasswordSet{link.user_id, activate.credential_id});
}

}  // namespace rules
}  // namespace contacts
