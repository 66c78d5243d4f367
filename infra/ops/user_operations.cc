#include "infra/ops/user_operations.h"

#include "infra/ops/account_operations.h"
#include "infra/ops/tenant_run.h"

namespace contacts::ops {
namespace {

using Kind = Argument::Kind;

Argument UserName() {
  return {"username", Kind::kText, &OpsRequest::username, "User name", "a user name"};
}
Argument RoleName() {
  return {"--role", Kind::kText, &OpsRequest::role,
          "admin, consultant, member, client, auditor or another", "a role"};
}
Argument NewPassword() { return {"", Kind::kPassword, &OpsRequest::password, ""}; }
Argument TokenName() {
  return {"name", Kind::kText, &OpsRequest::name, "Name of the token", "a name"};
}

}  // namespace

std::vector<Operation> UserOperations() {
  return {
      {"user add",
       "Add a user; the password is read from stdin or asked for",
       Operation::Place::kNewDirectory,
       {Argument::Tenant("Tenant of the user"), UserName(), RoleName(),
        Argument::Create("Make the tenant or the role when it does not exist"), NewPassword()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return TenantRun(c, r, t).AddUser();
       }},
      {"user list",
       "List the tenant's users",
       Operation::Place::kReadOnly,
       {Argument::Tenant("Tenant of the users")},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return TenantRun(c, r, t).ListUsers();
       }},
      {"user passwd",
       "Set a password, read from stdin or asked for; ends the user's sessions",
       Operation::Place::kDirectory,
       {Argument::Tenant("Tenant of the user"), UserName(), NewPassword()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return TenantRun(c, r, t).SetPassword();
       }},
      {"user disable",
       "Keep a user from logging in; ends the user's sessions and invitation for good",
       Operation::Place::kDirectory,
       {Argument::Tenant("Tenant of the user"), UserName()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return TenantRun(c, r, t).ChangeUser(std::nullopt, true);
       }},
      {"user enable",
       "Let a disabled user log in again",
       Operation::Place::kDirectory,
       {Argument::Tenant("Tenant of the user"), UserName()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return TenantRun(c, r, t).ChangeUser(std::nullopt, false);
       }},
      {"user logout",
       "End all sessions of a user that began in contacts",
       Operation::Place::kDirectory,
       {Argument::Tenant("Tenant of the user"), UserName()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return TenantRun(c, r, t).EndSessions();
       }},
      {"user unlock",
       "End a user's lock after failed log-ins; each server has its own",
       Operation::Place::kServer,
       {Argument::Tenant("Tenant of the user"), UserName()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return TenantRun(c, r, t).Unlock();
       }},
      {"user role",
       "Give a user another role",
       Operation::Place::kDirectory,
       {Argument::Tenant("Tenant of the user"), UserName(), RoleName(),
        Argument::Create("Give a role that no user has yet")},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return TenantRun(c, r, t).ChangeUser(r.role, std::nullopt);
       }},
      {"user invite",
       "Print a link that lets a user set a password, once, within 7 days",
       Operation::Place::kDirectory,
       {Argument::Tenant("Tenant of the user"), UserName()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return InviteUser(c, r, t);
       }},
      {"token add",
       "Print a token for `Authorization: Bearer`; it is shown this once",
       Operation::Place::kDirectory,
       {{"--scope",
         Kind::kText,
         &OpsRequest::scope,
         "Its rights: read, write or audit",
         "a scope: read, write or audit",
         {"read", "write", "audit"}},
        {"--expires", Kind::kText, &OpsRequest::expires,
         "When it ends: 90d, 12h, 30m or 2027-01-31T00:00:00Z [never]"},
        Argument::Tenant("Tenant of the token"),
        TokenName(),
        Argument::Create("Make a tenant that is not there yet")},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return AddToken(c, r, t);
       }},
      {"token list",
       "List the tenant's tokens",
       Operation::Place::kReadOnly,
       {Argument::Tenant("Tenant of the tokens")},
       [](const OpsContext& c, const OpsRequest&, const TenantId& t) { return ListTokens(c, t); }},
      {"token revoke",
       "End a token immediately",
       Operation::Place::kDirectory,
       {Argument::Tenant("Tenant of the token"), TokenName()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return RevokeToken(c, r, t);
       }}};
}

}  // namespace contacts::ops
