#include "projections/views/user_view.h"

#include "projections/store/keys.h"

namespace contacts {
namespace {

void Add(const TenantId& tenant, const UserRow& user, TenantRow* row, Round* round) {
  round->Write(View::kUsers, keys::User(tenant, user.user_id), user);
  round->Put(View::kUserNames, keys::UserName(tenant, user.username), user.user_id.value);
  if (user.contact_id) {
    round->Put(View::kAccounts, keys::Account(tenant, *user.contact_id), user.user_id.value);
  }
  ++row->users;
}

// `change` is made to the user's row. A record about a user that never was changes nothing.
template <class Change>
void Update(const TenantId& tenant, const UserId& id, Round* round, const Change& change) {
  const std::string key = keys::User(tenant, id);
  std::optional<UserRow> user = round->Read<UserRow>(View::kUsers, key);
  if (!user) return;
  change(*user);
  round->Write(View::kUsers, key, *user);
}

}  // namespace

void ApplyToUsers(const Record& record, const ContactCreated& event, TenantRow* tenant,
                  Round* round) {
  if (!event.account) return;
  Add(record.envelope.tenant,
      UserRow{event.account->user_id, event.account->username,
              UserState{event.account->role, false}, event.id, ""},
      tenant, round);
}

void ApplyToUsers(const Record& record, const UserAdded& event, TenantRow* tenant, Round* round) {
  Add(record.envelope.tenant,
      UserRow{event.user_id, event.username, UserState{event.role, false}, event.contact_id, ""},
      tenant, round);
}

void ApplyToUsers(const Record& record, const UserChanged& event, TenantRow*, Round* round) {
  Update(record.envelope.tenant, event.user_id, round,
         [&](UserRow& user) { user.state = event.after; });
}

void ApplyToUsers(const Record& record, const PasswordSet& event, TenantRow*, Round* round) {
  Update(record.envelope.tenant, event.user_id, round, [&](UserRow& user) {
    user.credential_id = event.credential_id;
    user.invitation.reset();
  });
}

void ApplyToUsers(const Record& record, const InvitationIssued& event, TenantRow*, Round* round) {
  Update(record.envelope.tenant, event.user_id, round, [&](UserRow& user) {
    user.invitation = Invitation{event.hash, event.expires};
  });
}

void ApplyToUsers(const Record& record, const SessionsEnded& event, TenantRow*, Round* round) {
  Update(record.envelope.tenant, event.user_id, round,
         [&](UserRow& user) { user.sessions_ended = record.envelope.sequence; });
}

}  // namespace contacts
