#include "infra/ops/shown_user.h"

#include <algorithm>

#include "infra/identity/may_log_in.h"
#include "projections/view_lookup.h"

namespace contacts::ops {
namespace {

UserState StateOf(const OpsContext& context, const TenantId& tenant, const UserRow& user,
                  bool is_invited) {
  if (user.state.disabled) return UserState::kDisabled;
  if (!MayLogIn(ViewLookup(context.views), tenant, user)) return UserState::kContactInactive;
  if (!user.credential_id.empty()) return UserState::kActive;
  return is_invited ? UserState::kInvited : UserState::kNoPassword;
}

}  // namespace

ShownUser ShowUser(const OpsContext& context, const TenantId& tenant, const UserRow& user) {
  ShownUser shown{user.user_id,
                  user.username,
                  user.state.role,
                  user.state.disabled,
                  !user.credential_id.empty(),
                  user.contact_id,
                  UserState::kActive,
                  {},
                  {},
                  {}};
  if (user.invitation && user.invitation->expires > context.clock()) {
    shown.invited_until.emplace(user.invitation->expires);
  }
  shown.state = StateOf(context, tenant, user, shown.invited_until.has_value());
  auto locks = ShowLocks(context, context.passwords.LocksOf(tenant, user.username));
  for (const ShownLock& lock : locks) {
    shown.locked_until.emplace(std::max(shown.locked_until.value_or(lock.until), lock.until));
  }
  if (!locks.empty()) shown.locks.emplace(std::move(locks));
  return shown;
}

std::vector<ShownLock> ShowLocks(const OpsContext& context, const std::vector<LoginLock>& locks) {
  std::vector<ShownLock> shown;
  const Timestamp now = context.clock();
  for (const LoginLock& lock : locks) {
    ShownLock& one = shown.emplace_back();
    if (!lock.network.empty()) one.address.emplace(lock.network);
    one.until = {now.milliseconds + lock.left.count() * 1000};
  }
  return shown;
}

}  // namespace contacts::ops
