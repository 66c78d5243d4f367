#include "infra/ops/operations.h"

#include <algorithm>
#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "command/validation.h"
#include "events/json/json_archive.h"
#include "events/rows/row_archive.h"
#include "infra/identity/password_rule.h"
#include "infra/ops/account_operations.h"
#include "infra/ops/operation.h"
#include "infra/ops/state_report.h"
#include "infra/ops/submit.h"
#include "projections/registry.h"
#include "projections/store/keys.h"
#include "query/records.h"

namespace contacts {
namespace {

constexpr size_t kExportPageBytes = 4 << 20;
constexpr const char* kParent = "the hash that the entries are chained on, 64 hex digits";

// As the operator sees a user.
struct ShownUser {
  UserId id;
  std::string username;
  std::string role;
  bool disabled = false;
  bool has_password = false;
  std::optional<ContactId> contact_id;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("id", id), Field("username", username), Field("role", role),
       Field("disabled", disabled), Field("hasPassword", has_password),
       Field("contactId", contact_id));
  }
};

ShownUser Show(const UserRow& user) {
  return {user.user_id,
          user.username,
          user.state.role,
          user.state.disabled,
          !user.credential_id.empty(),
          user.contact_id};
}

struct DisownedChain {
  Hash disowned;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("disowned", disowned));
  }
};

// One run of one operation.
class OneRun {
 public:
  OneRun(const OpsContext& context, const OpsRequest& request, TenantId tenant)
      : context_(context), request_(request), tenant_(std::move(tenant)) {}

  Result<OpsAnswer> AddUser();
  Result<OpsAnswer> SetPassword();
  Result<OpsAnswer> ChangeUser(std::optional<std::string> role, std::optional<bool> disabled);
  Result<OpsAnswer> EndSessions();
  Result<OpsAnswer> ListUsers();
  Result<OpsAnswer> Export();
  Result<OpsAnswer> Disown();

 private:
  std::optional<Error> Submit(Intent intent);
  std::optional<Error> CheckPassword() const;
  std::optional<Error> StorePassword();
  Result<OpsAnswer> TheUser();

  const OpsContext& context_;
  const OpsRequest& request_;
  const TenantId tenant_;
};

std::optional<Error> OneRun::Submit(Intent intent) {
  return SubmitAsOperator(context_.commands, tenant_, std::move(intent), request_.reason);
}

std::optional<Error> OneRun::CheckPassword() const {
  if (!IsFitPassword(*request_.password)) {
    return Error{ErrorCode::kBadRequest, std::string("A password ") + kPasswordRule + "."};
  }
  return std::nullopt;
}

std::optional<Error> OneRun::StorePassword() {
  const auto made = std::make_shared<std::promise<Result<std::string>>>();
  auto credential = made->get_future();
  context_.passwords.Make(*request_.password,
                          [made](Result<std::string> id) { made->set_value(std::move(id)); });
  const Result<std::string> credential_id = credential.get();
  if (!credential_id.ok()) return credential_id.error();
  return Submit(contacts::SetPassword{*request_.username, *credential_id});
}

Result<OpsAnswer> OneRun::TheUser() {
  const auto user = Registry(context_.views).UserByName(tenant_, FoldEmail(*request_.username));
  if (!user) return Error{ErrorCode::kNotFound, "There is no user " + *request_.username + "."};
  return OpsAnswer{ToJson(Show(*user)) + "\n"};
}

Result<OpsAnswer> OneRun::AddUser() {
  if (const auto error = CheckPassword()) return *error;
  contacts::AddUser add{*request_.username, *request_.role};
  Faults faults;
  if (!Validate(&add, &faults)) return FaultyRequest(faults);
  if (const auto error = Submit(add)) return *error;
  if (const auto error = StorePassword()) {
    return Error{error->code, "The user was added, but without a password: " + error->message +
                                  " Try: contacts user passwd"};
  }
  return TheUser();
}

Result<OpsAnswer> OneRun::SetPassword() {
  if (const auto error = CheckPassword()) return *error;
  if (const auto user = TheUser(); !user.ok()) return user.error();
  if (const auto error = StorePassword()) return *error;
  return TheUser();
}

Result<OpsAnswer> OneRun::ChangeUser(std::optional<std::string> role,
                                     std::optional<bool> disabled) {
  contacts::ChangeUser change{*request_.username, std::move(role), disabled};
  Faults faults;
  if (!Validate(&change, &faults)) return FaultyRequest(faults);
  if (const auto error = Submit(change)) return *error;
  return TheUser();
}

Result<OpsAnswer> OneRun::EndSessions() {
  if (const auto error = Submit(contacts::EndSessions{*request_.username})) return *error;
  return TheUser();
}

Result<OpsAnswer> OneRun::ListUsers() {
  OpsAnswer answer;
  context_.views.Scan(View::kUsers, keys::Tenant(tenant_), keys::TenantEnd(tenant_),
                      [&](std::string_view, std::string_view value) {
                        UserRow user;
                        if (!FromRow(value, &user))
                          throw StoreFailure("a user's row does not read");
                        answer.text += ToJson(Show(user)) + "\n";
                        return true;
                      });
  return answer;
}

Result<OpsAnswer> OneRun::Export() {
  const Sequence head = Registry(context_.views).Tenant(tenant_).head;
  if (head.value == 0) {
    return Error{ErrorCode::kNotFound, "The tenant " + tenant_.value + " has no history."};
  }
  const Sequence first{request_.from.value_or(1)};
  const Sequence last{std::min(request_.to.value_or(head.value), head.value)};
  OpsAnswer answer;
  const Sequence reached = query::ReadRecords(context_.views, tenant_, first, last,
                                              [&](Sequence, std::string_view record) {
                                                answer.text.append(record);
                                                answer.text += '\n';
                                                return answer.text.size() < kExportPageBytes;
                                              });
  if (reached < last && reached >= first) answer.next = Next(reached).value;
  return answer;
}

Result<OpsAnswer> OneRun::Disown() {
  const auto parent = HashFromHex(request_.parent.value_or(""));
  if (!parent) return MissingArgument(kParent);
  if (const auto error = Submit(DisownChain{*parent})) return *error;
  return OpsAnswer{ToJson(DisownedChain{*parent}) + "\n"};
}

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
Argument Password() { return {"", Kind::kPassword, &OpsRequest::password, "", "a password"}; }
Argument TokenName() {
  return {"name", Kind::kText, &OpsRequest::name, "Name of the token", "a name"};
}

Result<OpsAnswer> Report(const OpsContext& context, const OpsRequest& request) {
  return OpsAnswer{
      StateReport(context.views, context.status(),
                  request.digest.value_or(false) ? WithDigest::kYes : WithDigest::kNo)};
}

std::vector<Operation> Made() {
  return {
      {"user add",
       "Add a user; the password is read from stdin or asked for",
       Operation::Place::kNewDirectory,
       {Tenant("Whose user"), User(), Role(), Password()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return OneRun(c, r, t).AddUser();
       }},
      {"user list",
       "List the tenant's users",
       Operation::Place::kDirectory,
       {Tenant("Whose user")},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return OneRun(c, r, t).ListUsers();
       }},
      {"user passwd",
       "Set a password, read from stdin or asked for; ends the user's sessions",
       Operation::Place::kDirectory,
       {Tenant("Whose user"), User(), Password()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return OneRun(c, r, t).SetPassword();
       }},
      {"user disable",
       "Keep a user from logging in; ends the user's sessions",
       Operation::Place::kDirectory,
       {Tenant("Whose user"), User()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return OneRun(c, r, t).ChangeUser(std::nullopt, true);
       }},
      {"user enable",
       "Let a disabled user log in again",
       Operation::Place::kDirectory,
       {Tenant("Whose user"), User()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return OneRun(c, r, t).ChangeUser(std::nullopt, false);
       }},
      {"user logout",
       "End all sessions of a user that began here",
       Operation::Place::kDirectory,
       {Tenant("Whose user"), User()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return OneRun(c, r, t).EndSessions();
       }},
      {"user role",
       "Give a user another role",
       Operation::Place::kDirectory,
       {Tenant("Whose user"), User(), Role()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return OneRun(c, r, t).ChangeUser(r.role, std::nullopt);
       }},
      {"user invite",
       "Print a link by which a user sets a password, once, within 7 days",
       Operation::Place::kDirectory,
       {Tenant("Whose user"), User()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::InviteUser(c, r, t);
       }},
      {"token add",
       "Print a token for `Authorization: Bearer`; it is shown this once",
       Operation::Place::kDirectory,
       {{"--scope",
         Kind::kText,
         &OpsRequest::scope,
         "What it may do: read, write or audit",
         "a scope: read, write or audit",
         {"read", "write", "audit"}},
        {"--expires", Kind::kText, &OpsRequest::expires,
         "Until when: 90d, 12h, 30m or 2027-01-31T00:00:00Z [ever]"},
        Tenant("Whose token"),
        TokenName()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::AddToken(c, r, t);
       }},
      {"token list",
       "List the tenant's tokens",
       Operation::Place::kDirectory,
       {Tenant("Whose token")},
       [](const OpsContext& c, const OpsRequest&, const TenantId& t) {
         return ops::ListTokens(c, t);
       }},
      {"token revoke",
       "End a token, at once",
       Operation::Place::kDirectory,
       {Tenant("Whose token"), TokenName()},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::RevokeToken(c, r, t);
       }},
      {"tenant list",
       "List the tenants",
       Operation::Place::kDirectory,
       {},
       [](const OpsContext& c, const OpsRequest&, const TenantId&) { return ops::ListTenants(c); }},
      {"tenant limit",
       "Limit a tenant",
       Operation::Place::kDirectory,
       {{"tenant", Kind::kTenant, &OpsRequest::tenant, "Which tenant", "a tenant"},
        {"--contacts", Kind::kLimit, &OpsRequest::contacts,
         "How many contacts it may have, or none for no limit", "a limit"}},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::LimitTenant(c, r, t);
       }},
      {"export",
       "Print the very records of a tenant's history, one a line",
       Operation::Place::kDirectory,
       {Tenant("Whose history"),
        {"--from", Kind::kSequence, &OpsRequest::from, "First sequence"},
        {"--to", Kind::kSequence, &OpsRequest::to, "Last sequence [the newest]"}},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return OneRun(c, r, t).Export();
       }},
      {"status",
       "Print the state as JSON",
       Operation::Place::kDirectory,
       {{"--digest", Kind::kFlag, &OpsRequest::digest,
         "With the digest of the views; reads all of them"}},
       [](const OpsContext& c, const OpsRequest& r, const TenantId&) { return Report(c, r); }},
      {"disown",
       "Say that entries of the log, chained on one that is not there, are none of a tenant's "
       "history; it takes writes again",
       Operation::Place::kDirectory,
       {Tenant("Whose history"),
        {"parent", Kind::kText, &OpsRequest::parent,
         "The hash that they are chained on, as status shows it", kParent},
        {"--reason", Kind::kText, &OpsRequest::reason, "Why; kept in the record"}},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return OneRun(c, r, t).Disown();
       }},
      {"rebuild",
       "Throw the views away and make them anew from the log, with no server running",
       Operation::Place::kNoServer,
       {},
       nullptr}};
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
  return operation->run(context, request, tenant);
}

}  // namespace

const std::vector<Operation>& AllOperations() {
  static const auto& all = *new std::vector<Operation>(Made());
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
