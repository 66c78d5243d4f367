#include "infra/ops/operations.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "infra/ops/account_operations.h"
#include "infra/ops/known.h"
#include "infra/ops/operation.h"
#include "infra/ops/shown_user.h"
#include "infra/ops/state_report.h"
#include "infra/ops/submit.h"
#include "infra/ops/tenant_run.h"

namespace contacts {
namespace {

using Kind = Argument::Kind;

Argument Tenant(const char* help) {
  return {"--tenant", Kind::kTenant, &OpsRequest::tenant, help, "a tenant"};
}
Argument User() {
  return {"username", Kind::kText, &OpsRequest::username, "User name", "a user name"};
}
Argument Role() {
  return {"--role", Kind::kText, &OpsRequest::role,
          "admin, consultant, member, client, auditor or another", "a role"};
}
Argument Password() { return {"", Kind::kPassword, &OpsRequest::password, ""}; }
Argument TokenName() {
  return {"name", Kind::kText, &OpsRequest::name, "Name of the token", "a name"};
}

Argument Create(const char* help) { return {"--create", Kind::kFlag, &OpsRequest::create, help}; }

Result<OpsAnswer> ReportState(const OpsContext& context, const OpsRequest& request) {
  return OpsAnswer{
      StateReport(context.views, context.status(), context.health, context.facts(),
                  ops::ShowLocks(context, context.passwords.LockedNetworks()),
                  request.digest.value_or(false) ? WithDigest::kYes : WithDigest::kNo)};
}

std::vector<Operation> MakeTable() {
  return {
      {"user add",
       "Add a user; the password is read from stdin or asked for",
       Operation::Place::kNewDirectory,
       {Tenant("Tenant of the user"), User(), Role(),
        Create("Make the tenant or the role when it does not exist"), Password()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::TenantRun(c, r, t).AddUser();
       }},
      {"user list",
       "List the tenant's users",
       Operation::Place::kReadOnly,
       {Tenant("Tenant of the users")},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::TenantRun(c, r, t).ListUsers();
       }},
      {"user passwd",
       "Set a password, read from stdin or asked for; ends the user's sessions",
       Operation::Place::kDirectory,
       {Tenant("Tenant of the user"), User(), Password()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::TenantRun(c, r, t).SetPassword();
       }},
      {"user disable",
       "Keep a user from logging in; ends the user's sessions and invitation for good",
       Operation::Place::kDirectory,
       {Tenant("Tenant of the user"), User()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::TenantRun(c, r, t).ChangeUser(std::nullopt, true);
       }},
      {"user enable",
       "Let a disabled user log in again",
       Operation::Place::kDirectory,
       {Tenant("Tenant of the user"), User()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::TenantRun(c, r, t).ChangeUser(std::nullopt, false);
       }},
      {"user logout",
       "End all sessions of a user that began in contacts",
       Operation::Place::kDirectory,
       {Tenant("Tenant of the user"), User()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::TenantRun(c, r, t).EndSessions();
       }},
      {"user unlock",
       "End a user's lock after failed log-ins; each server has its own",
       Operation::Place::kServer,
       {Tenant("Tenant of the user"), User()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::TenantRun(c, r, t).Unlock();
       }},
      {"user role",
       "Give a user another role",
       Operation::Place::kDirectory,
       {Tenant("Tenant of the user"), User(), Role(), Create("Give a role that no user has yet")},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::TenantRun(c, r, t).ChangeUser(r.role, std::nullopt);
       }},
      {"user invite",
       "Print a link that lets a user set a password, once, within 7 days",
       Operation::Place::kDirectory,
       {Tenant("Tenant of the user"), User()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::InviteUser(c, r, t);
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
        Tenant("Tenant of the token"),
        TokenName(),
        Create("Make a tenant that is not there yet")},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::AddToken(c, r, t);
       }},
      {"token list",
       "List the tenant's tokens",
       Operation::Place::kReadOnly,
       {Tenant("Tenant of the tokens")},
       [](const OpsContext& c, const OpsRequest&, const TenantId& t) {
         return ops::ListTokens(c, t);
       }},
      {"token revoke",
       "End a token immediately",
       Operation::Place::kDirectory,
       {Tenant("Tenant of the token"), TokenName()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::RevokeToken(c, r, t);
       }},
      {"address list",
       "List the addresses that are locked after failed log-ins; each server has its own",
       Operation::Place::kServer,
       {},
       [](const OpsContext& c, const OpsRequest&, const TenantId&) {
         return ops::ListAddresses(c);
       }},
      {"address unlock",
       "End an address's lock after failed log-ins; each server has its own",
       Operation::Place::kServer,
       {{"address", Kind::kText, &OpsRequest::address, "The address", "an address"}},
       [](const OpsContext& c, const OpsRequest& r, const TenantId&) {
         return ops::UnlockAddress(c, r);
       }},
      {"tenant list",
       "List the tenants",
       Operation::Place::kReadOnly,
       {},
       [](const OpsContext& c, const OpsRequest&, const TenantId&) { return ops::ListTenants(c); }},
      {"tenant limit",
       "Limit a tenant",
       Operation::Place::kDirectory,
       {{"tenant", Kind::kTenant, &OpsRequest::tenant, "The tenant", "a tenant"},
        {"--contacts", Kind::kLimit, &OpsRequest::contacts,
         "How many contacts it may have, or none for no limit", "a limit"},
        Create("Make a tenant that is not there yet")},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::LimitTenant(c, r, t);
       }},
      {"export",
       "Print the very records of a tenant's history, one a line",
       Operation::Place::kReadOnly,
       {Tenant("Tenant of the history"),
        {"--from", Kind::kSequence, &OpsRequest::from, "First sequence"},
        {"--to", Kind::kSequence, &OpsRequest::to, "Last sequence [the newest]"}},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::TenantRun(c, r, t).Export();
       }},
      {"status",
       "Show the state of the instance, and what to do",
       Operation::Place::kReadOnly,
       {{"--digest", Kind::kFlag, &OpsRequest::digest,
         "Add the digest of the views, which reads all rows"}},
       [](const OpsContext& c, const OpsRequest& r, const TenantId&) { return ReportState(c, r); }},
      {"disown",
       "Declare that entries of the log, chained on a missing one, are not part of a tenant's "
       "history; the tenant takes writes again",
       Operation::Place::kDirectory,
       {Tenant("Tenant of the history"),
        {"parent", Kind::kText, &OpsRequest::parent,
         "The hash that they are chained on, as status shows it", ops::kParent}},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::TenantRun(c, r, t).Disown();
       }},
      {"rebuild",
       "Remove the views and make them anew from the log; no server may be running",
       Operation::Place::kNoServer,
       {},
       nullptr}};
}

std::vector<Operation> WithOperator(std::vector<Operation> all) {
  for (Operation& operation : all) {
    if (!operation.MakesRecords()) continue;
    operation.arguments.push_back(
        {"--as", Kind::kText, &OpsRequest::as, "Your name; kept in the record [the login name]"});
    operation.arguments.push_back(
        {"--reason", Kind::kText, &OpsRequest::reason, "Your reason; kept in the record"});
  }
  return all;
}

bool TakesCreate(const Operation& operation) {
  for (const Argument& argument : operation.arguments) {
    if (std::string_view(argument.typed) == "--create") return true;
  }
  return false;
}

bool IsMissing(const Argument& argument, const OpsRequest& request) {
  if (*argument.called == '\0' || argument.kind == Kind::kLimit) return false;
  return std::visit([&](auto member) { return !(request.*member); }, argument.member);
}

Result<OpsAnswer> Dispatch(const OpsContext& context, const OpsRequest& request) {
  const Operation* operation = FindOperation(request.operation);
  if (operation == nullptr || operation->run == nullptr) {
    return Error{ErrorCode::kBadRequest, "There is no operation '" + request.operation + "'."};
  }
  TenantId tenant;
  for (const Argument& argument : operation->arguments) {
    if (argument.kind != Kind::kTenant) continue;
    if (!request.tenant || !IsTenantId(*request.tenant)) return MissingArgument(argument.called);
    tenant = TenantId{*request.tenant};
  }
  for (const Argument& argument : operation->arguments) {
    if (IsMissing(argument, request)) return MissingArgument(argument.called);
  }
  if (auto fault = FaultOfOperator(request)) return *std::move(fault);
  if (!tenant.value.empty() && !TakesCreate(*operation)) {
    if (auto unknown = ops::CheckTenant(context, tenant)) return *std::move(unknown);
  }
  return operation->run(context, request, tenant);
}

}  // namespace

const std::vector<Operation>& AllOperations() {
  static const auto& all = *new std::vector<Operation>(WithOperator(MakeTable()));
  return all;
}

std::string NameOf(const Operation& operation) {
  std::string name = operation.verb;
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

const Operation* FindOperation(const std::string& name) {
  for (const Operation& operation : AllOperations()) {
    if (NameOf(operation) == name) return &operation;
  }
  return nullptr;
}

Result<OpsAnswer> Operations::Run(const OpsRequest& request) {
  try {
    return Dispatch(context_, request);
  } catch (const StoreFailure& failure) {
    return Error{ErrorCode::kUnavailable,
                 std::string("The views cannot be read: ") + failure.what()};
  }
}

}  // namespace contacts
