#include "infra/ops/tenant_run.h"

#include <algorithm>
#include <utility>

#include "command/validation.h"
#include "events/json/json_archive.h"
#include "events/rows/row_archive.h"
#include "infra/base/future_of.h"
#include "infra/identity/password_rule.h"
#include "infra/ops/known.h"
#include "infra/ops/named_lines.h"
#include "infra/ops/shown_user.h"
#include "infra/ops/submit.h"
#include "projections/store/keys.h"
#include "projections/view_lookup.h"

namespace contacts::ops {
namespace {

struct DisownedChain {
  Hash disowned;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("disowned", disowned));
  }
};

}  // namespace

std::string TenantRun::Show(const UserRow& user) const {
  return ToJson(ShowUser(context_, tenant_, user)) + "\n";
}

std::optional<Error> TenantRun::Submit(Intent intent) {
  return SubmitAsOperator(context_, request_, tenant_, std::move(intent));
}

std::optional<Error> TenantRun::CheckPassword() const {
  if (!request_.password) return MissingPassword();
  const auto fault = FaultOfPassword(*request_.password);
  if (!fault) return std::nullopt;
  return Error{ErrorCode::kBadRequest, "A password " + *fault + "."};
}

std::optional<Error> TenantRun::StorePassword() {
  const auto credential_id = FutureOf<Result<std::string>>([&](auto made) {
                               context_.passwords.Make(*request_.password, std::move(made));
                             }).get();
  if (!credential_id.ok()) return credential_id.error();
  auto error = Submit(contacts::SetPassword{*request_.username, *credential_id});
  const auto user = ViewLookup(context_.views).UserAsTyped(tenant_, *request_.username);
  context_.passwords.Answered(tenant_, user ? user->user_id : UserId{}, *credential_id, error);
  return error;
}

Result<OpsAnswer> TenantRun::TheUser() {
  const auto user = ViewLookup(context_.views).UserAsTyped(tenant_, *request_.username);
  if (!user) return NoUser(context_, tenant_, *request_.username);
  return OpsAnswer{Show(*user)};
}

Result<OpsAnswer> TenantRun::AddUser() {
  contacts::AddUser add{*request_.username, *request_.role};
  Faults faults;
  if (!Validate(&add, &faults)) return FaultyRequest(faults);
  if (const auto error = CheckMade(context_, request_, tenant_, add.role)) return *error;
  if (const auto error = CheckPassword()) return *error;
  if (const auto error = Submit(add)) return *error;
  if (const auto error = StorePassword()) {
    return Error{error->code, "The user was added, but without a password: " + error->message +
                                  " Try: contacts user passwd"};
  }
  return TheUser();
}

Result<OpsAnswer> TenantRun::SetPassword() {
  if (const auto user = TheUser(); !user.ok()) return user.error();
  if (const auto error = CheckPassword()) return *error;
  if (const auto error = StorePassword()) return *error;
  return TheUser();
}

Result<OpsAnswer> TenantRun::ChangeUser(std::optional<std::string> role,
                                        std::optional<bool> disabled) {
  contacts::ChangeUser change{*request_.username, std::move(role), disabled};
  Faults faults;
  if (!Validate(&change, &faults)) return FaultyRequest(faults);
  if (const auto user = TheUser(); !user.ok()) return user.error();
  if (change.role) {
    if (const auto error = CheckMade(context_, request_, tenant_, change.role)) return *error;
  }
  if (const auto error = Submit(change)) return *error;
  return TheUser();
}

Result<OpsAnswer> TenantRun::EndSessions() {
  if (const auto user = TheUser(); !user.ok()) return user.error();
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
  NamedLines lines;
  context_.views.Scan(View::kUsers, keys::Tenant(tenant_), keys::TenantEnd(tenant_),
                      [&](std::string_view, std::string_view value) {
                        UserRow user;
                        if (!FromRow(value, &user))
                          throw StoreFailure("a user's row cannot be read");
                        lines.Add(user.username, Show(user));
                        return true;
                      });
  return OpsAnswer{lines.InOrder()};
}

Result<OpsAnswer> TenantRun::Disown() {
  const auto parent = HashFromHex(request_.parent.value_or(""));
  if (!parent) return MissingArgument(kParent);
  if (const auto error = Submit(DisownChain{*parent})) return *error;
  return OpsAnswer{ToJson(DisownedChain{*parent}) + "\n"};
}

}  // namespace contacts::ops
