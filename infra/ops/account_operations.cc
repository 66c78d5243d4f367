#include "infra/ops/account_operations.h"

#include <utility>
#include <vector>

#include "command/validation.h"
#include "events/json/json_archive.h"
#include "events/rows/row_archive.h"
#include "infra/identity/carried_token.h"
#include "infra/identity/login_locks.h"
#include "infra/ops/expiry.h"
#include "infra/ops/known.h"
#include "infra/ops/named_lines.h"
#include "infra/ops/shown_user.h"
#include "infra/ops/submit.h"
#include "projections/store/keys.h"
#include "projections/view_lookup.h"

namespace contacts::ops {
namespace {

struct ShownInvitation {
  std::string username;
  std::string token;
  Timestamp expires;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("username", username), Field("token", token), Field("expires", expires));
  }
};

struct ShownToken {
  std::string id;
  std::string name;
  TokenScope scope = TokenScope::kRead;
  std::optional<Timestamp> expires;
  bool revoked = false;
  Maybe<std::string> token;  // only in the answer to token-add

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("id", id), Field("name", name), Field("scope", scope), Field("expires", expires),
       Field("revoked", revoked), Field("token", token));
  }
};

struct ListedTenant {
  TenantId tenant;
  int64_t contacts = 0;
  std::optional<int64_t> contact_limit;
  int64_t users = 0;
  Sequence position;
  std::string parked;
  std::string closed;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("tenant", tenant), Field("contacts", contacts), Field("contactLimit", contact_limit),
       Field("users", users), Field("position", position), Field("parked", parked),
       Field("closed", closed));
  }
};

struct ShownUnlock {
  std::string address;
  bool was_counted = false;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("address", address), Field("wasCounted", was_counted));
  }
};

template <class T>
OpsAnswer Line(const T& value) {
  return {ToJson(value) + "\n"};
}

// A line with `show` for each row, in the order of `name`.
template <class Row, class Name, class Show>
OpsAnswer Lines(const ViewReader& views, View view, const std::string& from, const std::string& to,
                const Name& name, const Show& show) {
  NamedLines lines;
  views.Scan(view, from, to, [&](std::string_view key, std::string_view value) {
    Row row;
    if (!FromRow(value, &row)) throw StoreFailure("a row cannot be read");
    lines.Add(name(key, row), ToJson(show(key, row)) + "\n");
    return true;
  });
  return {lines.InOrder()};
}

ListedTenant ShowTenant(const TenantId& tenant, const TenantRow& row) {
  return {tenant, row.contacts, row.contact_limit, row.users, row.applied, row.parked, row.closed};
}

}  // namespace

Result<OpsAnswer> InviteUser(const OpsContext& context, const OpsRequest& request,
                             const TenantId& tenant) {
  const auto user = ViewLookup(context.views).UserAsTyped(tenant, *request.username);
  if (!user) return NoUser(context, tenant, *request.username);
  ShownInvitation shown{user->username,
                        NewCarriedToken(kInvitation, tenant, user->user_id.value),
                        {context.clock().milliseconds + kInvitationLife.count()}};
  const IssueInvitation invite{user->user_id, Sha256(shown.token), shown.expires};
  if (const auto error = SubmitAsOperator(context, request, tenant, invite)) return *error;
  return Line(shown);
}

Result<OpsAnswer> AddToken(const OpsContext& context, const OpsRequest& request,
                           const TenantId& tenant) {
  const auto scope = EnumFrom<TokenScope>(request.scope.value_or(""));
  if (!scope) return MissingArgument("a scope: read, write or audit");
  IssueToken issue{NewTokenId(), *request.name, *scope, std::nullopt, {}};
  if (request.expires) {
    auto expires = ReadExpiry(*request.expires, context.clock());
    if (!expires.ok()) return expires.error();
    issue.expires = *expires;
  }
  Faults faults;
  if (!Validate(&issue, &faults)) return FaultyRequest(faults);
  ShownToken shown{issue.token_id, issue.name, issue.scope, issue.expires, false, {}};
  if (const auto error = CheckMade(context, request, tenant)) return *error;
  shown.token.emplace(NewCarriedToken(kMachineToken, tenant, issue.token_id));
  issue.hash = Sha256(*shown.token);
  if (const auto error = SubmitAsOperator(context, request, tenant, issue)) return *error;
  return Line(shown);
}

Result<OpsAnswer> ListTokens(const OpsContext& context, const TenantId& tenant) {
  return Lines<TokenRow>(
      context.views, View::kTokens, keys::Tenant(tenant), keys::TenantEnd(tenant),
      [](std::string_view, const TokenRow& row) { return row.name; },
      [](std::string_view, const TokenRow& row) {
        return ShownToken{row.token_id, row.name, row.scope, row.expires, row.revoked, {}};
      });
}

Result<OpsAnswer> RevokeToken(const OpsContext& context, const OpsRequest& request,
                              const TenantId& tenant) {
  if (!ViewLookup(context.views).TokenByName(tenant, *request.name)) {
    return NoToken(context, tenant, *request.name);
  }
  const contacts::RevokeToken revoke{*request.name};
  if (const auto error = SubmitAsOperator(context, request, tenant, revoke)) return *error;
  return ListTokens(context, tenant);
}

Result<OpsAnswer> ListTenants(const OpsContext& context) {
  return Lines<TenantRow>(
      context.views, View::kTenants, "", "",
      [](std::string_view key, const TenantRow&) { return keys::TenantOf(key).value; },
      [](std::string_view key, const TenantRow& row) {
        return ShowTenant(keys::TenantOf(key), row);
      });
}

Result<OpsAnswer> LimitTenant(const OpsContext& context, const OpsRequest& request,
                              const TenantId& tenant) {
  if (request.contacts && *request.contacts < 0) return MissingArgument("a limit of 0 or more");
  if (const auto error = CheckMade(context, request, tenant)) return *error;
  const contacts::LimitTenant limit{request.contacts};
  if (const auto error = SubmitAsOperator(context, request, tenant, limit)) return *error;
  return Line(ShowTenant(tenant, ViewLookup(context.views).Tenant(tenant)));
}

Result<OpsAnswer> ListAddresses(const OpsContext& context) {
  OpsAnswer answer;
  for (const ShownLock& lock : ShowLocks(context, context.passwords.LockedNetworks())) {
    answer.text += ToJson(lock) + "\n";
  }
  return answer;
}

Result<OpsAnswer> UnlockAddress(const OpsContext& context, const OpsRequest& request) {
  if (!IsNetwork(*request.address)) {
    return Error{ErrorCode::kBadRequest, "'" + *request.address +
                                             "' is not an address: write 192.0.2.1, 2001:db8::1 "
                                             "or a network as address list shows it."};
  }
  ShownUnlock shown{*request.address, context.passwords.UnlockNetwork(*request.address)};
  return Line(shown);
}

}  // namespace contacts::ops
