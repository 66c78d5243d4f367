#include "command/rules/origin.h"

#include <algorithm>
#include <variant>

#include "command/rules/decide.h"
#include "events/values/precis.h"

namespace contacts {
namespace {

// A new intent without a case here does not compile.
struct Origin {
  const Event& event;
  const TenantState& state;

  bool operator()(const CreateContact& create) const {
    const auto* made = std::get_if<ContactCreated>(&event);
    return made && made->fields == create.fields && made->account.has_value() == create.can_login;
  }
  bool operator()(const ChangeContact& change) const {
    const auto* made = std::get_if<ContactChanged>(&event);
    if (made == nullptr || made->id != change.contact_id) return false;
    bool same = true;
    ContactPart after = made->after;
    ContactPart patch = change.patch;
    after.metadata.reset();  // the patch does not tell what it was merged with
    VisitFields(after, patch, [&](const auto& set, const auto& asked) {
      same = same && (!set.value || set.value == asked.value);
    });
    return same && (!made->after.metadata || change.patch.metadata);
  }
  bool operator()(const AddUser& add) const {
    const auto* made = std::get_if<UserAdded>(&event);
    return made && made->username == FoldUserName(add.username) && made->role == add.role;
  }
  bool operator()(const ChangeUser& change) const {
    const auto* made = std::get_if<UserChanged>(&event);
    return made && IsNamed(made->user_id, change.username) &&
           made->after.role == change.role.value_or(made->after.role) &&
           made->after.disabled == change.disabled.value_or(made->after.disabled);
  }
  bool operator()(const SetPassword& set) const {
    const auto* made = std::get_if<PasswordSet>(&event);
    return made && made->credential_id == set.credential_id && IsNamed(made->user_id, set.username);
  }
  bool operator()(const ActivateAccount& activate) const {
    return event == Event(PasswordSet{activate.invitation.user_id, activate.credential_id});
  }
  bool operator()(const EndSessions& end) const {
    const auto* made = std::get_if<SessionsEnded>(&event);
    return made && IsNamed(made->user_id, end.username);
  }
  bool operator()(const IssueInvitation& invite) const {
    return event == Event(InvitationIssued{invite.user_id, invite.hash, invite.expires});
  }
  bool operator()(const IssueToken& issue) const {
    return event ==
           Event(TokenIssued{issue.token_id, issue.name, issue.scope, issue.expires, issue.hash});
  }
  bool operator()(const RevokeToken& revoke) const {
    const auto* made = std::get_if<TokenRevoked>(&event);
    return made && made->name == revoke.name;
  }
  bool operator()(const LimitTenant& limit) const {
    return event == Event(TenantLimited{limit.contacts});
  }
  bool operator()(const ErasePerson& erase) const {
    const auto* made = std::get_if<PersonErased>(&event);
    const auto is_erased = [&](const std::string& actor) {
      return std::find(made->actors.begin(), made->actors.end(), actor) != made->actors.end();
    };
    return made && made->contact_id == erase.contact_id && made->ground == erase.ground &&
           std::all_of(erase.actors.begin(), erase.actors.end(), is_erased);
  }
  bool operator()(const ErasePast& erase) const {
    const auto* made = std::get_if<PastErased>(&event);
    return made && made->contact_id == erase.contact_id;
  }
  bool operator()(const EraseMonths& erase) const {
    return event == Event(MonthErased{erase.before});
  }
  bool operator()(const PlaceHold& place) const {
    return event == Event(HoldPlaced{place.contact_id});
  }
  bool operator()(const LiftHold& lift) const {
    return event == Event(HoldLifted{lift.contact_id});
  }
  bool operator()(const NoteDisclosure& note) const {
    return event == Event(Disclosed{note.contact_id, note.recipient, note.from, note.to});
  }
  bool operator()(const NoteRefusal& note) const { return event == Event(note.refusal); }
  bool operator()(const DisownChain& disown) const {
    const auto* made = std::get_if<ChainDisowned>(&event);
    return made && made->parent == disown.parent;
  }

  bool IsNamed(const UserId& id, const std::string& name) const {
    const auto user = state.UserByName(name);
    return user && user->user_id == id;
  }
};

}  // namespace

bool IsEventOf(const Event& event, const Intent& intent, const TenantState& state) {
  const auto* refused = std::get_if<CommandRefused>(&event);
  if (refused && !std::holds_alternative<NoteRefusal>(intent)) {
    return refused->command == NameOf(intent);
  }
  return std::visit(Origin{event, state}, intent);
}

}  // namespace contacts
