// Accounts get their first password by a link: an admin has it made, its bearer uses it once.
#include <charconv>
#include <string>
#include <utility>

#include "command/rules/decide.h"
#include "events/json/json_archive.h"
#include "events/values/unicode.h"
#include "infra/api/account_bodies.h"
#include "infra/api/handlers.h"
#include "infra/api/json_answer.h"
#include "infra/api/read_body.h"
#include "infra/api/request_headers.h"
#include "infra/identity/carried_token.h"
#include "infra/identity/password_rule.h"
#include "projections/view_lookup.h"

namespace contacts::api {
namespace {

std::optional<ContactId> ReadContactId(const std::string& text) {
  ContactId id;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, id.value);
  if (error != std::errc() || stop != end || id.value < 1) return std::nullopt;
  return id;
}

std::string NoContactId(const std::string& text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return "'" + text + "' is no contact's id" + unicode::CannotHold(text, is_digit);
}

Error NoAccount(const std::string& contact) {
  return {ErrorCode::kNotFound, "There is no contact " + contact + " with an account"};
}

void Issue(const ExchangePtr& x, const UserRow& user, const Maybe<std::string>& reason) {
  const ApiContext& context = x->state().context;
  const TenantId& tenant = x->session().tenant;
  Invited invited{NewCarriedToken(kInvitation, tenant, user.user_id.value), user.username, {}};
  invited.expires = {context.wall_clock().milliseconds + kInvitationLife.count()};
  Command command = x->NewCommand();
  command.reason = reason;
  command.intent = IssueInvitation{user.user_id, Sha256(invited.token), invited.expires};
  context.commands.Submit(std::move(command), [x, invited](const contacts::Answer& answer) {
    x->Run([&](const ExchangePtr&) {
      if (!answer.error) return x->Answer(JsonAnswer(ToJson(invited)), PositionOf(answer));
      Error error = *answer.error;
      error.key.clear();  // a retry makes another link, which is as good
      x->Fail(error, PositionOf(answer));
    });
  });
}

Error NotKnownYet() {
  return {
      ErrorCode::kUnavailable,
      "It is not known yet whether the password was set: try to log in, else use the link again",
      {},
      1};
}

Error NotNow() {
  return {
      ErrorCode::kUnavailable, "The password cannot be set just now; use the link later", {}, 30};
}

// A command of who has the link, whoever that is.
Command NewCommandOf(const ExchangePtr& x, const CarriedToken& link) {
  const auto user = ViewLookup(x->state().context.views).UserById(link.tenant, UserId{link.id});
  return x->NewCommandBy(link.tenant, link.id, user ? user->username : "");
}

void SetPassword(const ExchangePtr& x, const CarriedToken& link, ActivateAccount activate) {
  Command command = NewCommandOf(x, link);
  const auto answered = [x, link, credential = activate.credential_id](const auto& error) {
    x->state().context.passwords.Answered(link.tenant, UserId{link.id}, credential, error);
  };
  command.intent = std::move(activate);
  x->state().context.commands.Submit(std::move(command),
                                     [x, answered](const contacts::Answer& answer) {
                                       answered(answer.error);
                                       x->Run([&](const ExchangePtr&) {
                                         if (!answer.error) return x->Answer({204, {}, {}});
                                         if (answer.error->code == ErrorCode::kUnknownOutcome)
                                           return x->Fail(NotKnownYet());
                                         // The tenant's operator is told what is wrong with its
                                         // history; a stranger is not.
                                         if (answer.error->code == ErrorCode::kUnavailable)
                                           return x->Fail(NotNow());
                                         x->Fail(*answer.error);
                                       });
                                     });
}

// The link is good. The hash is durable before the record that names it.
void MakePassword(const ExchangePtr& x, const CarriedToken& link, const ShownInvitation& shown,
                  const std::string& password) {
  const auto then = [x, link, shown](const Result<std::string>& credential) {
    x->Run([&](const ExchangePtr&) {
      if (!credential) return x->Fail(credential.error());
      SetPassword(x, link, {shown, *credential});
    });
  };
  x->state().context.passwords.Make(password, then);
}

}  // namespace

void InviteAccount(const ExchangePtr& x) {
  const std::string& text = x->request.parameters.front();
  const auto contact = ReadContactId(text);
  if (!contact) return x->Fail({ErrorCode::kBadRequest, NoContactId(text)});
  if (const auto error = CheckNoFields(x->request)) return x->Fail(*error);
  const auto reason = Reason(x->request);
  if (!reason) return x->Fail(reason.error());
  const ViewLookup lookup(x->state().context.views);
  const TenantId& tenant = x->session().tenant;
  const auto user_id = lookup.AccountOf(tenant, *contact);
  const auto user = user_id ? lookup.UserById(tenant, *user_id) : std::nullopt;
  if (!user) return x->Fail(NoAccount(text));
  Issue(x, *user, *reason);
}

void Activate(const ExchangePtr& x) {
  const auto body = ReadBody<Activation>(x->request, [](Activation* value, auto* faults) {
    value->token = unicode::WithoutUnseen(value->token);  // as mail programs and pastes bring along
    if (const auto fault = FaultOfPassword(value->password)) faults->Add("/password", *fault);
  });
  if (!body) return x->Fail(body.error());
  const ApiContext& context = x->state().context;
  const std::string& address = x->request.client_address;
  if (const auto locked = context.passwords.LockedOut(address)) return x->Fail(*locked);
  // A text that is not a link gets the answer of a link that has ended.
  const CarriedToken link =
      ReadCarriedToken(kInvitation, body->token).value_or(CarriedToken{TenantId{"none"}, "0", {}});
  if (const auto why = x->Unready(link.tenant)) return x->Fail(*why);
  // Asked of the read models, so that whoever guesses links costs a look-up, and neither a hash nor
  // a place among the commands of a tenant of his choice.
  const ShownInvitation shown{UserId{link.id}, link.hash, context.wall_clock()};
  const auto user = ViewLookup(context.views).UserById(link.tenant, shown.user_id);
  if (const auto fault = FaultOf(user, shown)) {
    context.passwords.GuessedWrong(address);
    return x->Fail(*fault);
  }
  MakePassword(x, link, shown, body->password);
}

}  // namespace contacts::api
