// The rules of each command, in one file for each subject. Pure. Only Decide (decide.h) calls them.
#pragma once

#include <string>
#include <vector>

#include "command/rules/decide.h"

namespace contacts::rules {

// contact_rules.cc
Decision DecideOn(const TenantState& state, const CreateContact& create);
Decision DecideOn(const TenantState& state, const ChangeContact& change);

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

// erasure_rules.cc
Decision DecideOn(const TenantState& state, const ErasePerson& erase);
Decision DecideOn(const TenantState& state, const ErasePast& erase);
Decision DecideOn(const TenantState& state, const EraseMonths& erase);
Decision DecideOn(const TenantState& state, const PlaceHold& place);
Decision DecideOn(const TenantState& state, const LiftHold& lift);
Decision DecideOn(const TenantState& state, const NoteDisclosure& note);

// Used by several subjects.
inline Error Conflict(std::string message) {
  return Error{ErrorCode::kConflict, std::move(message)};
}
inline std::string Named(ContactId contact) { return "contact " + std::to_string(contact.value); }
Error NoContact(ContactId contact);
// The contact if it can be shown; else why not: it never existed, or it is erased.
Result<ContactModel> ShownContact(const TenantState& state, ContactId id);
// The users who act for the contact.
std::vector<UserModel> UsersOf(const TenantState& state, ContactId contact);
// Says which contact a conflict is with, and whether it is active. Erasing that contact must end
// what the refusal tells.
void SetHolder(const TenantState& state, const std::optional<ContactId>& contact, Error* error);
Error UserNameTaken(const TenantState& state, const UserModel& holder);
inline UserId NextUserId(const TenantState& state) {
  return UserId{std::to_string(state.model().last_user_id + 1)};
}

}  // namespace contacts::rules
