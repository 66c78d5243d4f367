#include "projections/views/user_view.h"

#include <utility>

#include "projections/store/keys.h"
#include "projections/store/rows.h"

namespace contacts {
namespace {

class UserView {
 public:
  UserView(const Record& record, Round* round) : record_(record), round_(*round) {}

  template <
      OneOf<ContactCreated, UserAdded, UserChanged, PasswordSet, SessionsEnded, InvitationIssued> E>
  void operator()(const E&) const {
    const auto user = UserIn(record_.event);
    if (!user) return;
    std::optional<UserModel> before;
    if (!user->begins) before = round_.Read<UserRow>(View::kUsers, keys::User(tenant_, user->id));
    Show(before, Evolve(before, record_));
  }
  template <SaysNothingOfUsers E>
  void operator()(const E&) const {}

 private:
  void Show(const std::optional<UserModel>& before, std::optional<UserModel> after) const {
    if (!after) return;  // the user never was
    const UserId id = after->user_id;
    const NameChange name = NameChangeOf(before, after);
    if (name.freed) round_.Erase(View::kUserNames, keys::UserName(tenant_, *name.freed));
    if (name.taken) round_.Put(View::kUserNames, keys::UserName(tenant_, *name.taken), id.value);
    if (!before && after->contact_id) {
      round_.Put(View::kAccounts, keys::Account(tenant_, *after->contact_id), id.value);
    }
    round_.Write(View::kUsers, keys::User(tenant_, id), UserRow{*std::move(after)});
  }

  const Record& record_;
  const TenantId& tenant_ = record_.envelope.tenant;
  Round& round_;
};

}  // namespace

void ApplyToUsers(const Record& record, Round* round) {
  std::visit(UserView(record, round), record.event);
}

}  // namespace contacts
