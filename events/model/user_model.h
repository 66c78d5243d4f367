// The state of a user, and what each event does to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/model/subject.h"
#include "events/record.h"
#include "events/user.h"

namespace contacts {

struct UserModel {
  UserId user_id;
  std::string username;  // empty: it cannot be opened, because it was erased
  UserState state;
  std::optional<ContactId> contact_id;
  std::string credential_id;  // empty: no password was set
  // The last SessionsEnded, or UserChanged that disabled the user; older sessions are not valid.
  Sequence sessions_ended{};
  std::optional<Invitation> invitation = {};  // the link that may set a password

  bool operator==(const UserModel&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("userId", user_id), Field("username", username), Field("state", state),
       Field("contactId", contact_id), Field("credentialId", credential_id),
       Field("sessionsEnded", sessions_ended), Field("invitation", invitation));
  }
};

// The events that say nothing about a user. ContactCreated is not one, because an account may come
// with it.
template <class E>
concept SaysNothingOfUsers = !E::kAbout.user;

// The users that the event is about, each once; empty: it is not about users.
std::vector<Subject<UserId>> UsersIn(const Event& event);

// The user after the record; nullopt: it does not exist, or does not exist any more. `before`: one
// of the users that UsersIn names, before the record. A record that is not about a user changes
// nothing, and one that changes a user does not create a user that never existed.
std::optional<UserModel> Evolve(std::optional<UserModel> before, const Record& record);

inline const UserId& IdOf(const UserModel& user) { return user.user_id; }
// nullopt: its name cannot be opened.
std::optional<std::string> TakenName(const UserModel& user);

}  // namespace contacts
