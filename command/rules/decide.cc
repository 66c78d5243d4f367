#include "command/rules/decide.h"

#include <charconv>
#include <string_view>

namespace contacts {
namespace {

constexpr std::string_view kAttempt = "attempt.";

Error Conflict(std::string message) { return Error{ErrorCode::kConflict, std::move(message)}; }

// Nothing but the operator ends it, so a client need not ask often.
Error TooManyContacts(int64_t limit) {
  return {ErrorCode::kTooManyRequests,
          "the tenant has as many contacts as it may: " + std::to_string(limit),
          {},
          3600};
}

UserId NextUserId(const TenantState& state) {
  return UserId{std::to_string(state.model().last_user_id + 1)};
}

Decision DecideOn(const TenantState& state, const CreateContact& create) {
  const std::string folded = FoldEmail(create.fields.email);
  if (state.ContactByEmail(folded)) {
    return Conflict("a contact with the e-mail " + create.fields.email + " exists already");
  }
  ContactCreated event;
  event.id = ContactId{state.model().last_contact_id.value + 1};
  event.fields = create.fields;
  if (create.can_login) {
    if (state.UserByName(folded)) return Conflict("a user " + folded + " exists already");
    const bool internal = create.fields.type == ContactType::kInternal;
    event.account = Account{NextUserId(state), folded, internal ? "member" : "client"};
  }
  const TenantModel& tenant = state.model();
  if (tenant.contact_limit && tenant.contacts >= *tenant.contact_limit) {
    return TooManyContacts(*tenant.contact_limit);
  }
  return Event(std::move(event));
}

Decision DecideOn(const TenantState& state, const AddUser& add) {
  const std::string name = FoldEmail(add.username);
  if (state.UserByName(name)) return Conflict("a user " + name + " exists already");
  return Event(UserAdded{NextUserId(state), name, add.role, std::nullopt});
}

Error NoUser(const std::string& name) {
  return Error{ErrorCode::kNotFound, "there is no user " + name};
}

Decision DecideOn(const TenantState& state, const ChangeUser& change) {
  const auto user = state.UserByName(FoldEmail(change.username));
  if (!user) return NoUser(change.username);
  UserState after = user->state;
  if (change.role) after.role = *change.role;
  if (change.disabled) after.disabled = *change.disabled;
  if (after == user->state) {
    return NothingChanged{ChangeUser::kName, std::nullopt, user->user_id};
  }
  return Event(UserChanged{user->user_id, user->state, after});
}

Decision DecideOn(const TenantState& state, const SetPassword& set) {
  const auto user = state.UserByName(FoldEmail(set.username));
  if (!user) return NoUser(set.username);
  return Event(PasswordSet{user->user_id, set.credential_id});
}

Decision DecideOn(const TenantState& state, const EndSessions& end) {
  const auto user = state.UserByName(FoldEmail(end.username));
  if (!user) return NoUser(end.username);
  return Event(SessionsEnded{user->user_id});
}

Decision DecideOn(const TenantState& state, const IssueInvitation& invite) {
  const auto user = state.UserById(invite.user_id);
  if (!user) return NoUser(invite.user_id.value);
  return Event(InvitationIssued{invite.user_id, invite.hash, invite.expires});
}

Decision DecideOn(const TenantState& state, const ActivateAccount& activate) {
  const ShownInvitation& link = activate.invitation;
  if (auto fault = FaultOf(state.UserById(link.user_id), link)) return *std::move(fault);
  return Event(PasswordSet{link.user_id, activate.credential_id});
}

Decision DecideOn(const TenantState& state, const IssueToken& issue) {
  if (state.TokenByName(issue.name)) {
    return Conflict("a token " + issue.name + " exists already; revoke it first");
  }
  return Event(TokenIssued{issue.token_id, issue.name, issue.scope, issue.expires, issue.hash});
}

Decision DecideOn(const TenantState& state, const RevokeToken& revoke) {
  const auto token = state.TokenByName(revoke.name);
  if (!token) return Error{ErrorCode::kNotFound, "there is no token " + revoke.name};
  return Event(TokenRevoked{token->token_id, token->name});
}

Decision DecideOn(const TenantState& state, const LimitTenant& limit) {
  if (limit.contacts == state.model().contact_limit) {
    return NothingChanged{LimitTenant::kName, std::nullopt, std::nullopt};
  }
  return Event(TenantLimited{limit.contacts});
}

Decision DecideOn(const TenantState&, const NoteRefusal& note) { return Event(note.refusal); }

Decision DecideOn(const TenantState& state, const DisownChain& disown) {
  const auto orphans = state.OrphansOn(disown.parent);
  if (!orphans) {
    return Error{ErrorCode::kNotFound,
                 "there are no entries chained on " + ToHex(disown.parent) + ", unseen itself"};
  }
  return Event(ChainDisowned{disown.parent, orphans->first, orphans->last, orphans->entries});
}

bool IsRemembered(ErrorCode code) {
  return code == ErrorCode::kNotFound || code == ErrorCode::kConflict ||
         code == ErrorCode::kPreconditionFailed;
}

Error KeyReused(const std::string& key) {
  return Error{ErrorCode::kKeyReused,
               "the Idempotency-Key " + key + " was used for another request"};
}

// The first answer to the command's key, if there is one.
std::optional<Decision> DecideOnKey(const TenantState& state, const Command& command) {
  if (std::optional<Record> first = state.FirstUse(command.actor, *command.key)) {
    const bool same =
        first->requestkey && first->envelope.requesthash &&
        RequestHash(*first->requestkey, command.request) == *first->envelope.requesthash;
    if (!same) return KeyReused(*command.key);
    return Replayed{*std::move(first)};
  }
  if (const auto attempt = ParseAttemptKey(*command.key)) {
    std::optional<Record> record = state.RecordAt(attempt->sequence);
    if (record && record->envelope.id == attempt->id) {
      if (record->envelope.actor != command.actor) return KeyReused(*command.key);
      return Replayed{*std::move(record)};
    }
  }
  return std::nullopt;
}

}  // namespace

Decision Decide(const TenantState& state, const Command& command) {
  if (command.key) {
    if (auto answered = DecideOnKey(state, command)) return *std::move(answered);
  }
  if (!state.closed().empty() && !std::holds_alternative<DisownChain>(command.intent)) {
    return Error{ErrorCode::kUnavailable, "this tenant takes no writes: " + state.closed(), {}, 30};
  }
  return std::visit([&](const auto& intent) { return DecideOn(state, intent); }, command.intent);
}

std::optional<Event> RecordedEvent(const Decision& decision, const Command& command) {
  if (const auto* event = std::get_if<Event>(&decision)) return *event;
  if (!command.key) return std::nullopt;
  if (const auto* nothing = std::get_if<NothingChanged>(&decision)) return Event(*nothing);
  if (const auto* error = std::get_if<Error>(&decision); error && IsRemembered(error->code)) {
    return Event(CommandRefused{NameOf(command.intent), error->code, error->message, 0});
  }
  return std::nullopt;
}

Answer AnswerOf(const Record& record) {
  Answer answer;
  answer.event = record.event;
  answer.time = record.envelope.time;
  answer.position = record.envelope.sequence;
  if (const auto* refused = std::get_if<CommandRefused>(&record.event)) {
    answer.error = Error{refused->code, refused->message};
  }
  return answer;
}

std::string RequestHash(const std::string& key, const std::string& request) {
  return ToHex(HmacSha256(key, request));
}

std::string AttemptKey(Sequence sequence, const std::string& id) {
  return std::string(kAttempt) + std::to_string(sequence.value) + '.' + id;
}

std::optional<AttemptName> ParseAttemptKey(const std::string& key) {
  if (!key.starts_with(kAttempt)) return std::nullopt;
  const char* const end = key.data() + key.size();
  AttemptName name;
  const auto [dot, error] = std::from_chars(key.data() + kAttempt.size(), end, name.sequence.value);
  if (error != std::errc() || dot == end || *dot != '.' || name.sequence.value < 1) {
    return std::nullopt;
  }
  name.id.assign(dot + 1, end);
  return name;
}

std::optional<Error> FaultOf(const std::optional<UserModel>& user, const ShownInvitation& link) {
  if (user && user->invitation && user->invitation->hash == link.hash &&
      link.now < user->invitation->expires) {
    return std::nullopt;
  }
  return Error{ErrorCode::kNotFound, "this link is not valid, or no more; ask for a new one"};
}

const char* NameOf(const Intent& intent) {
  return std::visit([]<class I>(const I&) { return I::kName; }, intent);
}

}  // namespace contacts
