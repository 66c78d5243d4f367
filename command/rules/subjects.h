// The rules of each command, in one file for each subject. Pure. Only Decide (decide.h) calls them.
#pragma once

#include <string>

#include "command/rules/decide.h"

namespace contacts::rules {

// contact_rules.cc
Decision DecideOn(const TenantState& state, const CreateContact& create);

// user_rules.cc
Decision DecideOn(const TenantState& state, const AddUser& add);
Decision DecideOn(const TenantState& state, const ChangeUser& change);
Decision DecideOn(const TenantState& state, const SetPassword& set);
Decision DecideOn(const TenantState& state, const EndSessions& end);
Decision DecideOn(const TenantState& state, const IssueInvitation& invite);
Decision DecideOn(const TenantState& state, const ActivateAccount& activate);

// token_rules.cc
Decision DecideOn(const TenantState& state, const IssueToken& issue);
Decision DecideOn(const TenantState& state, const RevokeToken& revoke);

// tenant_rules.cc
Decision DecideOn(const TenantState& state, const LimitTenant& limit);
Decision DecideOn(const TenantState& state, const NoteRefusal& note);
Decision DecideOn(const TenantState& state, const DisownChain& disown);

// Used by several subjects.
inline Error Conflict(std::string message) {
  return Error{ErrorCode::kConflict, std::move(message)};
}
inline UserId NextUserId(const TenantState& state) {
  return UserId{std::to_string(state.model().last_user_id + 1)};
}

}  // namespace contacts::rules
