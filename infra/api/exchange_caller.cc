// The caller of a request: its session or token, the actor in records, and its rights.
#include <string>
#include <utility>

#include "infra/api/exchange.h"
#include "infra/api/query_parameters.h"
#include "infra/api/request_headers.h"
#include "infra/base/log.h"
#include "infra/identity/carried_token.h"
#include "infra/identity/own_session.h"
#include "infra/identity/session_actor.h"
#include "projections/view_lookup.h"

namespace contacts::api {
namespace {

bool Allows(Who who, const query::Rights& rights) {
  switch (who) {
    case Who::kAnyoneAtOnce:
    case Who::kAnyone:
    case Who::kEveryUser:
      return true;
    case Who::kChangers:
      return rights.changes;
    case Who::kAuditors:
      return rights.audits;
    case Who::kAdmins:
      return rights.administers;
  }
  return false;
}

}  // namespace

// A good token is unknown while its partition was not read, so the answer is then 503. The sender
// of a made-up token learns only that about the partition, as a log-in also shows, and nothing of
// the tenant.
void Exchange::FindToken(std::string_view token) {
  auto found = state_->tokens.Find(token);
  if (!found) {
    const auto carried = ReadCarriedToken(kMachineToken, token);
    const auto why = carried ? Unready(carried->tenant) : std::nullopt;
    if (why) return Fail(*why);
  }
  Enter(std::move(found));
}

void Exchange::FindSession() {
  // A client adds a token on purpose, a browser adds a cookie automatically: with a token the
  // cookie is ignored.
  if (const auto token = BearerToken(request)) return FindToken(*token);
  state_->context.sessions.Find(
      request.FindAll("Cookie"), waited_ ? SessionUse::kCountedBefore : SessionUse::kCounts,
      [self = shared_from_this(), waiter = std::this_thread::get_id()](Result<Session> found) {
        // Found immediately, as it mostly is: still inside Run.
        if (std::this_thread::get_id() == waiter) return self->Enter(std::move(found));
        self->Continue(waiter, [found = std::move(found)](const ExchangePtr& exchange) {
          exchange->Enter(found);
        });
      });
}

// Without its actor a session must not do anything: its records would hold an address that could
// never be erased, or be those of another actor.
std::optional<Error> Exchange::NameActor(const Session& session) {
  actor_ = ActorOf(session, state_->context.pseudonym);
  if (!actor_.empty()) return std::nullopt;
  if (const auto left_out = state_->nameless.MaySay()) {
    log::Warn(
        "a session of another application cannot be used: the id of its user holds '@' or white "
        "space, or begins with '~', and no key is there to record a pseudonym instead",
        {{"tenant", session.tenant.value}, {"left_out", std::to_string(*left_out)}});
  }
  if (!state_->context.pseudonym) {
    return Error{ErrorCode::kUnauthenticated, "The session cannot be used here."};
  }
  return Error{ErrorCode::kUnavailable, "The keys of this tenant are being made", {}, 1};
}

void Exchange::Enter(Result<Session> found) {
  if (!found) return Refuse(found.error());
  if (auto error = NameActor(*found)) return Refuse(*std::move(error));
  const ViewLookup lookup(state_->context.views);  // an actor may be no user of ours
  if (lookup.ErasureOf(found->tenant, actor_)) return Refuse(SessionEnded());
  session_ = *std::move(found);
  if (std::exchange(waited_, false)) return CheckRole();
  if (const auto error = state_->rates.Take(session_->tenant)) return Fail(*error);
  AwaitPosition(session_->tenant, [](const ExchangePtr& exchange) {
    const auto wanted = PositionsWanted(exchange->request);
    if (!wanted.ok() || wanted->positions.empty()) return exchange->CheckRole();
    exchange->PassAgain();
  });
}

// A record that was waited for may have taken rights away, so the session is looked up again.
void Exchange::PassAgain() {
  waited_ = true;
  FindSession();
}

Command Exchange::NewCommand() const {
  Command command = NewCommandBy(session_->tenant, actor_, session_->username);
  command.actor_contact = session_->contact_id;
  return command;
}

Command Exchange::NewCommandBy(TenantId tenant, std::string actor, std::string actor_name) const {
  Command command;
  command.tenant = std::move(tenant);
  command.actor = std::move(actor);
  command.actor_name = std::move(actor_name);
  if (!request.client_address.empty()) command.client_ip.emplace(request.client_address);
  if (!request.traceparent.empty()) command.traceparent.emplace(request.traceparent);
  return command;
}

void Exchange::CheckRole() {
  if (Allows(route_.who, query::RightsOf(session_->role)))
    return route_.handler(shared_from_this());
  std::string refused(route_.refused_as);
  if (refused.empty()) refused = std::string(route_.method) + ' ' + std::string(route_.path);
  const Error refusal{ErrorCode::kForbidden,
                      "The role " + session_->role + " does not allow this: " + refused};
  Fail(refusal);
  state_->notes.Note(NewCommand(), refused, refusal);
}

// The rights of now count, also for an answer that a key repeats.
bool Exchange::MaySee(ContactId contact) const {
  if (!session_) return false;
  try {
    return query::MaySee(state_->context.views, asker(), contact);
  } catch (const StoreFailure& failure) {
    log::Error("the read models cannot be read",
               {{"request", request.request_id}, {"cause", failure.what()}});
    return false;
  }
}

}  // namespace contacts::api
