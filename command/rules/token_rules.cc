#include "command/rules/subjects.h"
#include "events/values/unicode.h"

namespace contacts::rules {

Decision DecideOn(const TenantState& state, const IssueToken& issue) {
  if (state.TokenByName(issue.name)) {
    return Error{ErrorCode::kTokenNameTaken,
                 "a token of this name exists already; revoke it first"};
  }
  return Event(TokenIssued{issue.token_id, issue.name, issue.scope, issue.expires, issue.hash});
}

Decision DecideOn(const TenantState& state, const RevokeToken& revoke) {
  // Names are stored without white space around them, but a pasted name may have some.
  const std::string name(unicode::Trim(revoke.name).text);
  const auto token = state.TokenByName(name);
  if (!token) return Error{ErrorCode::kNotFound, "there is no token of this name"};
  return Event(TokenRevoked{token->token_id, token->name});
}

}  // namespace contacts::rules
