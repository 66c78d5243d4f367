#include "projections/views/user_view.h"

#include <utility>

#include "events/values/precis.h"
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
    if (!after) return;  // the user never existed
    const UserId id = after->user_id;
    const NameChange name = NameChangeOf(before, after);
    if (name.freed) Free(*name.freed, id);
    if (name.taken) Take(*name.taken, id);
    if (!before && after->contact_id) {
      round_.Put(View::kAccounts, keys::Account(tenant_, *after->contact_id), id.value);
    }
    if (before && before->credential_id != after->credential_id) {
      Replace(before->credential_id, after->credential_id, id);
    }
    round_.Write(View::kUsers, keys::User(tenant_, id), UserRow{*std::move(after)});
  }

  // Writes a row of the name, and one of the form that it folds to. If several users claim a row, a
  // user whose stored name it is comes first, then the oldest user.
  void Take(const std::string& name, const UserId& id) const {
    round_.Put(View::kUserNames, keys::UserName(tenant_, name), id.value);
    const std::string folded = FoldUserName(name);
    if (folded == name) return;
    const std::string key = keys::UserName(tenant_, folded);
    if (!round_.Get(View::kUserNames, key)) round_.Put(View::kUserNames, key, id.value);
  }
  void Free(const std::string& name, const UserId& id) const {
    for (const std::string& spelling : {name, FoldUserName(name)}) {
      const std::string key = keys::UserName(tenant_, spelling);
      if (round_.Get(View::kUserNames, key) == id.value) round_.Erase(View::kUserNames, key);
    }
  }

  // A credential that becomes current again, which no command of ours causes, is not replaced.
  void Replace(const std::string& old_id, const std::string& new_id, const UserId& user) const {
    if (!old_id.empty()) {
      round_.Put(View::kReplaced, keys::Replaced(tenant_, user, old_id), old_id);
    }
    round_.Erase(View::kReplaced, keys::Replaced(tenant_, user, new_id));
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
