#include "infra/ops/known.h"

#include "events/rows/row_archive.h"
#include "events/values/precis.h"
#include "infra/base/nearest.h"
#include "projections/store/keys.h"
#include "projections/view_lookup.h"
#include "query/access.h"

namespace contacts::ops {
namespace {

template <class Row, class Take>
void EachOf(const OpsContext& context, View view, const TenantId& tenant, const Take& take) {
  context.views.Scan(view, keys::Tenant(tenant), keys::TenantEnd(tenant),
                     [&](std::string_view, std::string_view value) {
                       Row row;
                       if (!FromRow(value, &row)) throw StoreFailure("a row cannot be read");
                       take(row);
                       return true;
                     });
}

std::string NoTenant(const OpsContext& context, const TenantId& tenant) {
  Nearest nearest(tenant.value);
  context.views.Scan(View::kTenants, "", "", [&](std::string_view key, std::string_view) {
    nearest.Offer(keys::TenantOf(key).value);
    return true;
  });
  return "There is no tenant '" + tenant.value + "'" + nearest.Question();
}

// Ends a sentence with one mark.
std::string Ended(std::string sentence) {
  return sentence.ends_with('?') ? sentence : sentence + '.';
}

bool HasHistory(const OpsContext& context, const TenantId& tenant) {
  return ViewLookup(context.views).Tenant(tenant).head.value > 0;
}

// Empty: the role is known.
std::string NoRole(const OpsContext& context, const TenantId& tenant, const std::string& role) {
  Nearest nearest(role);
  bool known = false;
  const auto look_at = [&](std::string_view name) {
    known = known || name == role;
    nearest.Offer(name);
  };
  for (const std::string_view name : query::KnownRoles()) look_at(name);
  if (known) return "";
  EachOf<UserRow>(context, View::kUsers, tenant,
                  [&](const UserRow& user) { look_at(user.state.role); });
  return known ? "" : "There is no role '" + role + "'" + nearest.Question();
}

}  // namespace

std::optional<Error> CheckMade(const OpsContext& context, const OpsRequest& request,
                               const TenantId& tenant, const std::optional<std::string>& role) {
  if (request.create.value_or(false)) return std::nullopt;
  std::string missing;
  if (!HasHistory(context, tenant)) missing = Ended(NoTenant(context, tenant));
  if (role) {
    const std::string unheard_of = NoRole(context, tenant, *role);
    if (!unheard_of.empty()) missing += (missing.empty() ? "" : " ") + Ended(unheard_of);
  }
  if (missing.empty()) return std::nullopt;
  return Error{ErrorCode::kNotFound,
               missing + " --create makes it.",
               {{kCreate, "must be true to make what is not there yet"}}};
}

std::optional<Error> CheckTenant(const OpsContext& context, const TenantId& tenant) {
  if (HasHistory(context, tenant)) return std::nullopt;
  if (context.views.Get(View::kSuperseded, keys::Tenant(tenant))) return std::nullopt;
  return Error{ErrorCode::kNotFound, Ended(NoTenant(context, tenant))};
}

Error NoUser(const OpsContext& context, const TenantId& tenant, const std::string& typed) {
  if (auto unknown = CheckTenant(context, tenant)) return *std::move(unknown);
  Nearest nearest(FoldUserName(typed));
  EachOf<UserRow>(context, View::kUsers, tenant,
                  [&](const UserRow& user) { nearest.Offer(user.username); });
  return {ErrorCode::kNotFound,
          Ended("There is no user '" + typed + "' in tenant " + tenant.value + nearest.Question())};
}

Error NoToken(const OpsContext& context, const TenantId& tenant, const std::string& typed) {
  if (auto unknown = CheckTenant(context, tenant)) return *std::move(unknown);
  Nearest nearest(typed);
  EachOf<TokenRow>(context, View::kTokens, tenant, [&](const TokenRow& token) {
    if (!token.revoked) nearest.Offer(token.name);
  });
  return {ErrorCode::kNotFound, Ended("There is no token '" + typed + "' in tenant " +
                                      tenant.value + nearest.Question())};
}

}  // namespace contacts::ops
