#include "events/model/user_model.h"

#include <utility>
#include <variant>

namespace contacts {
namespace {

struct UserSubject {
  using Answer = std::optional<Subject<UserId>>;
  Answer operator()(const ContactCreated& event) const {
    if (!event.account) return std::nullopt;
    return {{event.account->user_id, true}};
  }
  Answer operator()(const UserAdded& event) const { return {{event.user_id, true}}; }
  template <OneOf<UserChanged, PasswordSet, SessionsEnded, InvitationIssued> E>
  Answer operator()(const E& event) const {
    return {{event.user_id}};
  }
  template <SaysNothingOfUsers E>
  Answer operator()(const E&) const {
    return std::nullopt;
  }
};

struct UserFold {
  std::optional<UserModel> user;
  const Envelope& envelope;

  using After = std::optional<UserModel>;
  After operator()(const ContactCreated& event) {
    if (!event.account) return std::move(user);
    const Account& account = *event.account;
    return UserModel{account.user_id, account.username, {account.role, false}, event.id, ""};
  }
  After operator()(const UserAdded& event) const {
    return UserModel{event.user_id, event.username, {event.role, false}, event.contact_id, ""};
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
    if (user) user->sessions_ended = envelope.sequence;
    return std::move(user);
  }
  After operator()(const InvitationIssued& event) {
    if (user) user->invitation = Invitation{event.hash, event.expires};
    return std::move(user);
  }
  template <SaysNothingOfUsers E>
  After operator()(const E&) {
    return std::move(user);
  }

  // Sessions and links that began before this record never become valid again.
  void End() {
    user->sessions_ended = envelope.sequence;
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

std::optional<Subject<UserId>> UserIn(const Event& event) {
  return std::visit(UserSubject{}, event);
}

std::optional<UserModel> Evolve(std::optional<UserModel> before, const Record& record) {
  return std::visit(UserFold{std::move(before), record.envelope}, record.event);
}

std::optional<std::string> TakenName(const UserModel& user) { return user.username; }

}  // namespace contacts
