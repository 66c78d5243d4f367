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
      OneOf<ContactCreated, ContactChanged, UserAdded, UserChanged, PasswordSet, SessionsEnded,
            InvitationIssued, PersonErased, PastErased, HoldPlaced, HoldLifted, Disclosed>
          E>
  void operator()(const E&) const {
    for (const auto& user : UsersIn(record_.event)) {
      std::optional<UserModel> before;
      if (!user.begins) before = round_.Read<UserRow>(View::kUsers, keys::User(tenant_, user.id));
      ShowUser(tenant_, before, Evolve(before, record_), &round_);
    }
  }
  template <SaysNothingOfUsers E>
  void operator()(const E&) const {}

 private:
  const Record& record_;
  const TenantId& tenant_ = record_.envelope.tenant;
  Round& round_;
};

class UserRows {
 public:
  UserRows(const TenantId& tenant, UserId id, Round* round)
      : tenant_(tenant), id_(std::move(id)), round_(*round) {}

  void Change(const std::optional<UserModel>& before, std::optional<UserModel> after) const {
    const NameChange name = NameChangeOf(before, after);
    if (name.freed) Free(*name.freed);
    if (name.taken) Take(*name.taken);
    ChangeAccount(before, after);
    if (before && before->credential_id != (after ? after->credential_id : "")) {
      Replace(before->credential_id, after ? after->credential_id : "");
    }
    const std::string key = keys::User(tenant_, id_);
    if (after) {
      round_.Write(View::kUsers, key, UserRow{*std::move(after)});
    } else {
      round_.Erase(View::kUsers, key);
    }
  }

 private:
  void ChangeAccount(const std::optional<UserModel>& before,
                     const std::optional<UserModel>& after) const {
    if (!before && after && after->contact_id) {
      round_.Put(View::kAccounts, keys::Account(tenant_, *after->contact_id), id_.value);
    }
    if (before && !after && before->contact_id) {
      const std::string key = keys::Account(tenant_, *before->contact_id);
      if (round_.Get(View::kAccounts, key) == id_.value) round_.Erase(View::kAccounts, key);
    }
  }

  // Writes a row of the name, and one of the form that it folds to. If several users claim a row, a
  // user whose stored name it is comes first, then the oldest user.
  void Take(const std::string& name) const {
    round_.Put(View::kUserNames, keys::UserName(tenant_, name), id_.value);
    const std::string folded = FoldUserName(name);
    if (folded == name) return;
    const std::string key = keys::UserName(tenant_, folded);
    if (!round_.Get(View::kUserNames, key)) round_.Put(View::kUserNames, key, id_.value);
  }
  void Free(const std::string& name) const {
    for (const std::string& spelling : {name, FoldUserName(name)}) {
      const std::string key = keys::UserName(tenant_, spelling);
      if (round_.Get(View::kUserNames, key) == id_.value) round_.Erase(View::kUserNames, key);
    }
  }

  // A credential that becomes current again, which no command of ours causes, is not replaced.
  void Replace(const std::string& old_id, const std::string& new_id) const {
    if (!old_id.empty()) {
      round_.Put(View::kReplaced, keys::Replaced(tenant_, id_, old_id), old_id);
    }
    if (!new_id.empty()) round_.Erase(View::kReplaced, keys::Replaced(tenant_, id_, new_id));
  }

  const TenantId& tenant_;
  const UserId id_;
  Round& round_;
};

}  // namespace

void ApplyToUsers(const Record& record, Round* round) {
  std::visit(UserView(record, round), record.event);
}

void ShowUser(const TenantId& tenant, const std::optional<UserModel>& before,
              std::optional<UserModel> after, Round* round) {
  if (!before && !after) return;  // the user never existed
  UserRows(tenant, after ? after->user_id : before->user_id, round)
      .Change(before, std::move(after));
}

}  // namespace contacts
