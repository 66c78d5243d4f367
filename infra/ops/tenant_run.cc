#include "infra/ops/tenant_run.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "command/validation.h"
#include "events/json/json_archive.h"
#include "events/rows/row_archive.h"
#include "infra/identity/password_rule.h"
#include "infra/ops/submit.h"
#include "projections/registry.h"
#include "projections/store/keys.h"
#include "query/records.h"

namespace contacts::ops {
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
  Maybe<Timestamp> locked_until;  // for log-ins from some network; left out: they are not locked

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("id", id), Field("username", username), Field("role", role),
       Field("disabled", disabled), Field("hasPassword", has_password),
       Field("contactId", contact_id), Field("lockedUntil", locked_until));
  }
};

struct DisownedChain {
  Hash disowned;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("disowned", disowned));
  }
};

}  // namespace

std::string TenantRun::Show(const UserRow& user) const {
  ShownUser shown{user.user_id,
                  user.username,
                  user.state.role,
                  user.state.disabled,
                  !user.credential_id.empty(),
                  user.contact_id,
                  {}};
  const std::chrono::milliseconds left = context_.passwords.LockedFor(tenant_, user.username);
  if (left.count() > 0) {
    shown.locked_until.emplace(Timestamp{context_.clock().milliseconds + left.count()});
  }
  return ToJson(shown) + "\n";
}

std::optional<Error> TenantRun::Submit(Intent intent) {
  std::optional<std::string> reason = request_.reason;
  if (reason) {
    if (const auto fault = FaultOfReason(&*reason)) {
      return Error{ErrorCode::kBadRequest, "The reason " + *fault + "."};
    }
    if (reason->empty()) reason.reset();
  }
  return SubmitAsOperator(context_.commands, tenant_, std::move(intent), reason);
}

std::optional<Error> TenantRun::CheckPassword() const {
  const auto fault = FaultOfPassword(*request_.password);
  if (!fault) return std::nullopt;
  return Error{ErrorCode::kBadRequest, "A password " + *fault + "."};
}

std::optional<Error> TenantRun::StorePassword() {
  const auto made = std::make_shared<std::promise<Result<std::string>>>();
  auto credential = made->get_future();
  context_.passwords.Make(*request_.password,
                          [made](Result<std::string> id) { made->set_value(std::move(id)); });
  const Result<std::string> credential_id = credential.get();
  if (!credential_id.ok()) return credential_id.error();
  auto error = Submit(contacts::SetPassword{*request_.username, *credential_id});
  const auto user = Registry(context_.views).UserAsTyped(tenant_, *request_.username);
  context_.passwords.Answered(tenant_, user ? user->user_id : UserId{}, *credential_id, error);
  return error;
}

Result<OpsAnswer> TenantRun::TheUser() {
  const auto user = Registry(context_.views).UserAsTyped(tenant_, *request_.username);
  if (!user) return Error{ErrorCode::kNotFound, "There is no user " + *request_.username + "."};
  return OpsAnswer{Show(*user)};
}

Result<OpsAnswer> TenantRun::AddUser() {
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

Result<OpsAnswer> TenantRun::SetPassword() {
  if (const auto error = CheckPassword()) return *error;
  if (const auto user = TheUser(); !user.ok()) return user.error();
  if (const auto error = StorePassword()) return *error;
  return TheUser();
}

Result<OpsAnswer> TenantRun::ChangeUser(std::optional<std::string> role,
                                        std::optional<bool> disabled) {
  contacts::ChangeUser change{*request_.username, std::move(role), disabled};
  Faults faults;
  if (!Validate(&change, &faults)) return FaultyRequest(faults);
  if (const auto error = Submit(change)) return *error;
  return TheUser();
}

Result<OpsAnswer> TenantRun::EndSessions() {
  if (const auto error = Submit(contacts::EndSessions{*request_.username})) return *error;
  return TheUser();
}

Result<OpsAnswer> TenantRun::Unlock() {
  auto user = TheUser();
  if (!user.ok()) return user;
  (void)context_.passwords.Unlock(tenant_, *request_.username);
  return TheUser();
}

Result<OpsAnswer> TenantRun::ListUsers() {
  OpsAnswer answer;
  context_.views.Scan(View::kUsers, keys::Tenant(tenant_), keys::TenantEnd(tenant_),
                      [&](std::string_view, std::string_view value) {
                        UserRow user;
                        if (!FromRow(value, &user))
                          throw StoreFailure("a user's row does not read");
                        answer.text += Show(user);
                        return true;
                      });
  return answer;
}

Result<OpsAnswer> TenantRun::Export() {
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

Result<OpsAnswer> TenantRun::Disown() {
  const auto parent = HashFromHex(request_.parent.value_or(""));
  if (!parent) return MissingArgument(kParent);
  if (const auto error = Submit(DisownChain{*parent})) return *error;
  return OpsAnswer{ToJson(DisownedChain{*parent}) + "\n"};
}

}  // namespace contacts::ops
