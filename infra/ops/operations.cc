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
#include "infra/ops/state_report.h"
#include "infra/ops/submit.h"
#include "projections/registry.h"
#include "projections/store/keys.h"
#include "query/records.h"

namespace contacts {
namespace {

constexpr size_t kExportPageBytes = 4 << 20;

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
class Operation {
 public:
  Operation(const OpsContext& context, const OpsRequest& request, TenantId tenant)
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

std::optional<Error> Operation::Submit(Intent intent) {
  return SubmitAsOperator(context_.commands, tenant_, std::move(intent), request_.reason);
}

std::optional<Error> Operation::CheckPassword() const {
  if (!request_.password) return MissingArgument("a password");
  if (!IsFitPassword(*request_.password)) {
    return Error{ErrorCode::kBadRequest, std::string("A password ") + kPasswordRule + "."};
  }
  return std::nullopt;
}

std::optional<Error> Operation::StorePassword() {
  const auto made = std::make_shared<std::promise<Result<std::string>>>();
  auto credential = made->get_future();
  context_.passwords.Make(*request_.password,
                          [made](Result<std::string> id) { made->set_value(std::move(id)); });
  const Result<std::string> credential_id = credential.get();
  if (!credential_id.ok()) return credential_id.error();
  return Submit(contacts::SetPassword{*request_.username, *credential_id});
}

Result<OpsAnswer> Operation::TheUser() {
  const auto user = Registry(context_.views).UserByName(tenant_, FoldEmail(*request_.username));
  if (!user) return Error{ErrorCode::kNotFound, "There is no user " + *request_.username + "."};
  return OpsAnswer{ToJson(Show(*user)) + "\n"};
}

Result<OpsAnswer> Operation::AddUser() {
  if (!request_.username) return MissingArgument("a user name");
  if (!request_.role) return MissingArgument("a role");
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

Result<OpsAnswer> Operation::SetPassword() {
  if (!request_.username) return MissingArgument("a user name");
  if (const auto error = CheckPassword()) return *error;
  if (const auto user = TheUser(); !user.ok()) return user.error();
  if (const auto error = StorePassword()) return *error;
  return TheUser();
}

Result<OpsAnswer> Operation::ChangeUser(std::optional<std::string> role,
                                        std::optional<bool> disabled) {
  if (!request_.username) return MissingArgument("a user name");
  contacts::ChangeUser change{*request_.username, std::move(role), disabled};
  Faults faults;
  if (!Validate(&change, &faults)) return FaultyRequest(faults);
  if (const auto error = Submit(change)) return *error;
  return TheUser();
}

Result<OpsAnswer> Operation::EndSessions() {
  if (!request_.username) return MissingArgument("a user name");
  if (const auto error = Submit(contacts::EndSessions{*request_.username})) return *error;
  return TheUser();
}

Result<OpsAnswer> Operation::ListUsers() {
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

Result<OpsAnswer> Operation::Export() {
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

Result<OpsAnswer> Operation::Disown() {
  const auto parent = HashFromHex(request_.parent.value_or(""));
  if (!parent) return MissingArgument("the hash that the entries are chained on, 64 hex digits");
  if (const auto error = Submit(DisownChain{*parent})) return *error;
  return OpsAnswer{ToJson(DisownedChain{*parent}) + "\n"};
}

Result<OpsAnswer> Dispatch(const OpsContext& context, const OpsRequest& request) {
  const std::string& name = request.operation;
  if (name == "status") {
    return OpsAnswer{
        StateReport(context.views, context.status(),
                    request.digest.value_or(false) ? WithDigest::kYes : WithDigest::kNo)};
  }
  if (name == "tenant-list") return ops::ListTenants(context);
  if (!request.tenant || !IsTenantId(*request.tenant)) return MissingArgument("a tenant");
  Operation run(context, request, TenantId{*request.tenant});
  if (name == "user-add") return run.AddUser();
  if (name == "user-passwd") return run.SetPassword();
  if (name == "user-role") {
    if (!request.role) return MissingArgument("a role");
    return run.ChangeUser(request.role, std::nullopt);
  }
  if (name == "user-disable") return run.ChangeUser(std::nullopt, true);
  if (name == "user-enable") return run.ChangeUser(std::nullopt, false);
  if (name == "user-logout") return run.EndSessions();
  if (name == "user-list") return run.ListUsers();
  if (name == "user-invite") return ops::InviteUser(context, request, TenantId{*request.tenant});
  if (name == "token-add") return ops::AddToken(context, request, TenantId{*request.tenant});
  if (name == "token-list") return ops::ListTokens(context, TenantId{*request.tenant});
  if (name == "token-revoke") return ops::RevokeToken(context, request, TenantId{*request.tenant});
  if (name == "tenant-limit") return ops::LimitTenant(context, request, TenantId{*request.tenant});
  if (name == "export") return run.Export();
  if (name == "disown") return run.Disown();
  return Error{ErrorCode::kBadRequest, "There is no operation '" + name + "'."};
}

}  // namespace

Result<OpsAnswer> Operations::Run(const OpsRequest& request) {
  try {
    return Dispatch(context_, request);
  } catch (const StoreFailure& failure) {
    return Error{ErrorCode::kUnavailable,
                 std::string("The views cannot be read: ") + failure.what()};
  }
}

}  // namespace contacts
