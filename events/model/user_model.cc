#include "events/model/user_model.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

namespace contacts {
namespace {

struct UserSubjects {
  using Answer = std::vector<Subject<UserId>>;
  Answer operator()(const ContactCreated& event) const {
    if (!event.account) return {};
    return {{event.account->user_id, true}};
  }
  Answer operator()(const UserAdded& event) const { return {{event.user_id, true}}; }
  template <OneOf<UserChanged, PasswordSet, SessionsEnded, InvitationIssued> E>
  Answer operator()(const E& event) const {
    return {{event.user_id}};
  }
  Answer operator()(const ContactChanged& event) const {
    Answer users;
    for (const UserId& user : std::set(event.users_ended.begin(), event.users_ended.end())) {
      users.push_back({user});
    }
    return users;
  }
  Answer operator()(const PastErased& event) const {
    if (!event.account) return {};
    return {{event.account->user_id}};
  }
  Answer operator()(const PersonErased& event) const {
    Answer users;
    for (const std::string& actor : std::set(event.actors.begin(), event.actors.end())) {
      users.push_back({UserId{actor}});
    }
    return users;
  }
  // A user may log in whether its contact is held or disclosed, or not.
  template <OneOf<HoldPlaced, HoldLifted, Disclosed> E>
  Answer operator()(const E&) const {
    return {};
  }
  template <SaysNothingOfUsers E>
  Answer operator()(const E&) const {
    return {};
  }
};

struct UserFold {
  std::optional<UserModel> user;
  const Record& record;

  using After = std::optional<UserModel>;
  After operator()(const ContactCreated& event) {
    if (!event.account) return std::move(user);
    const Account& account = *event.account;
    return UserModel{
        account.user_id, Opened(account.username), {account.role, false}, event.id, ""};
  }
  After operator()(const UserAdded& event) const {
    return UserModel{
        event.user_id, Opened(event.username), {event.role, false}, event.contact_id, ""};
  }
  After operator()(const UserChanged& event) {
    if (!user) return std::nullopt;
    if (event.after.disabled && !user->state.disabled) End();
    user->state = event.after;
    return std::move(user);
  }
  After operator()(const PasswordSet& event) {
    if (user) user->credential_id = event.credential_id;
    if (user) user->invitation.reset();
    return std::move(user);
  }
  After operator()(const SessionsEnded&) {
    if (user) user->sessions_ended = record.envelope.sequence;
    return std::move(user);
  }
  After operator()(const InvitationIssued& event) {
    if (user) user->invitation = Invitation{event.hash, event.expires};
    return std::move(user);
  }
  After operator()(const ContactChanged& event) {
    const auto& ended = event.users_ended;
    if (user && std::find(ended.begin(), ended.end(), user->user_id) != ended.end()) End();
    return std::move(user);
  }
  After operator()(const PastErased& event) {
    const bool is_its = user && event.account && event.account->user_id == user->user_id;
    if (is_its) user->username = Opened(event.account->username);
    return std::move(user);
  }
  After operator()(const PersonErased& event) {
    const auto& actors = event.actors;
    const bool is_erased =
        user && std::find(actors.begin(), actors.end(), user->user_id.value) != actors.end();
    return is_erased ? std::nullopt : std::move(user);
  }
  template <class E>
  requires SaysNothingOfUsers<E> || OneOf<E, HoldPlaced, HoldLifted, Disclosed> After
  operator()(const E&) {
    return std::move(user);
  }

  std::string Opened(const std::string& name) const { return record.data_withheld ? "" : name; }

  // Sessions and links that began before this record never become valid again.
  void End() {
    user->sessions_ended = record.envelope.sequence;
    user->invitation.reset();
  }
};

// An event that deactivates or erases a contact ends the sessions of its account, too.
template <class... E>
constexpr bool EachChangeOfAContactIsAboutItsUser(const std::variant<E...>*) {
  return ((!E::kAbout.contact || E::kAbout.user) && ...);
}
static_assert(EachChangeOfAContactIsAboutItsUser(static_cast<const Event*>(nullptr)),
              "an event that can deactivate a contact says what becomes of its account (End)");

}  // namespace

std::vector<Subject<UserId>> UsersIn(const Event& event) {
  return std::visit(UserSubjects{}, event);
}

std::optional<UserModel> Evolve(std::optional<UserModel> before, const Record& record) {
  return std::visit(UserFold{std::move(before), record}, record.event);
}

std::optional<std::string> TakenName(const UserModel& user) {
  if (user.username.empty()) return std::nullopt;
  return user.username;
}

}  // namespace contacts
