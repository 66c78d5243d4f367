// Accounts get their first password by a link: an admin requests it, its bearer uses it once.
#include <string>
#include <utility>

#include "command/rules/decide.h"
#include "events/actor.h"
#include "events/json/json_archive.h"
#include "events/values/unicode.h"
#include "infra/api/account_bodies.h"
#include "infra/api/contact_id.h"
#include "infra/api/handlers.h"
#include "infra/api/json_answer.h"
#include "infra/api/read_body.h"
#include "infra/api/request_headers.h"
#include "infra/http/text.h"
#include "infra/identity/carried_token.h"
#include "infra/identity/password_rule.h"
#include "projections/view_lookup.h"

namespace contacts::api {
namespace {

Error NoAccount(ContactId contact) {
  return {ErrorCode::kNotFound,
          "There is no contact " + std::to_string(contact.value) + " with an account"};
}

void Issue(const ExchangePtr& exchange, const UserRow& user, const Maybe<std::string>& reason) {
  const ApiContext& context = exchange->state().context;
  const TenantId& tenant = exchange->session().tenant;
  Invited invited{NewCarriedToken(kInvitation, tenant, user.user_id.value), user.username, {}};
  invited.expires = {context.wall_clock().milliseconds + kInvitationLife.count()};
  Command command = exchange->NewCommand();
  command.reason = reason;
  command.intent = IssueInvitation{user.user_id, Sha256(invited.token), invited.expires};
  context.commands.Submit(std::move(command), [exchange, invited](const contacts::Answer& answer) {
    exchange->Run([&](const ExchangePtr&) {
      if (!answer.error)
        return exchange->Answer(JsonAnswer(ToJson(invited)), exchange->PositionOf(answer));
      Error error = *answer.error;
      error.key.clear();  // a retry makes another link, which is as good
      exchange->Fail(error, exchange->PositionOf(answer));
    });
  });
}

Error NotKnownYet() {
  return {ErrorCode::kUnavailable,
          "It is not known yet whether the password was set: try to log in; if that fails, use the "
          "link again",
          {},
          1};
}

Error NotNow() {
  return {
      ErrorCode::kUnavailable, "The password cannot be set just now; use the link later", {}, 30};
}

void AnswerActivation(const ExchangePtr& exchange, const std::optional<Error>& error) {
  if (!error) return exchange->Answer({204, {}, {}});
  if (error->code == ErrorCode::kUnknownOutcome) return exchange->Fail(NotKnownYet());
  // The tenant's operator is told what is wrong with its history; a stranger is not.
  if (error->code == ErrorCode::kUnavailable) return exchange->Fail(NotNow());
  exchange->Fail(*error);
}

// A command of the account that the link belongs to; its bearer has no session.
Command NewCommandOf(const ExchangePtr& exchange, const CarriedToken& link) {
  const auto user =
      ViewLookup(exchange->state().context.views).UserById(link.tenant, UserId{link.id});
  Command command = exchange->NewCommandBy(link.tenant, actors::OfUser(UserId{link.id}),
                                           user ? user->username : "");
  if (user) command.actor_contact = user->contact_id;
  return command;
}

void SetPassword(const ExchangePtr& exchange, const CarriedToken& link, ActivateAccount activate) {
  const auto then = [exchange, link, credential = activate.credential_id](const auto& answer) {
    exchange->state().context.passwords.Answered(link.tenant, UserId{link.id}, credential,
                                                 answer.error);
    exchange->Run([&](const ExchangePtr&) { AnswerActivation(exchange, answer.error); });
  };
  Command command = NewCommandOf(exchange, link);
  command.intent = std::move(activate);
  exchange->state().context.commands.Submit(std::move(command), then);
}

// Called for a valid link. The hash is durable before the record that names it.
void MakePassword(const ExchangePtr& exchange, const CarriedToken& link,
                  const ShownInvitation& shown, const std::string& password) {
  const auto then = [exchange, link, shown](const Result<std::string>& credential) {
    exchange->Run([&](const ExchangePtr&) {
      if (!credential) return exchange->Fail(credential.error());
      SetPassword(exchange, link, {shown, *credential});
    });
  };
  exchange->state().context.passwords.Make(password, then);
}

}  // namespace

void InviteAccount(const ExchangePtr& exchange) {
  const auto contact = ContactInPath(exchange->request);
  if (!contact) return exchange->Fail(contact.error());
  if (const auto error = CheckNoFields(exchange->request)) return exchange->Fail(*error);
  const auto reason = Reason(exchange->request);
  if (!reason) return exchange->Fail(reason.error());
  const ViewLookup lookup(exchange->state().context.views);
  const TenantId& tenant = exchange->session().tenant;
  const auto user_id = lookup.AccountOf(tenant, *contact);
  const auto user = user_id ? lookup.UserById(tenant, *user_id) : std::nullopt;
  if (!user) {
    const auto erased = lookup.ErasureOf(tenant, *contact);
    if (erased) return exchange->Fail(query::NotThere(exchange->asker(), *contact, erased));
    return exchange->Fail(NoAccount(*contact));
  }
  Issue(exchange, *user, *reason);
}

void Activate(const ExchangePtr& exchange) {
  const auto body = ReadBody<Activation>(exchange->request, [](Activation* value, auto* faults) {
    value->token =
        unicode::WithoutUnseen(value->token);  // mail programs and pastes add such characters
    if (const auto fault = FaultOfPassword(value->password)) faults->Add("/password", *fault);
  });
  if (!body) return exchange->Fail(body.error());
  const ApiContext& context = exchange->state().context;
  const std::string& address = exchange->request.client_address;
  if (const auto locked = context.passwords.LockedOut(address)) return exchange->Fail(*locked);
  // A text that is not a link gets the same answer as an expired link.
  const CarriedToken link =
      ReadCarriedToken(kInvitation, body->token).value_or(CarriedToken{TenantId{"none"}, "0", {}});
  if (const auto why = exchange->Unready(link.tenant)) return exchange->Fail(*why);
  // The read models are asked first, so that a guessed link costs only a look-up, and neither a
  // hash nor a place among the commands of a tenant that the guesser chose.
  const ShownInvitation shown{UserId{link.id}, link.hash, context.wall_clock()};
  const auto user = ViewLookup(context.views).UserById(link.tenant, shown.user_id);
  if (const auto fault = FaultOf(user, shown)) {
    context.passwords.GuessedWrong(address);
    return exchange->Fail(*fault);
  }
  MakePassword(exchange, link, shown, body->password);
}

}  // namespace contacts::api
