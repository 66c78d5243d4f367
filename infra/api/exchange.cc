#include "infra/api/exchange.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "infra/api/challenge.h"
#include "infra/api/contract.h"
#include "infra/api/errors.h"
#include "infra/api/request_checks.h"
#include "infra/api/request_headers.h"
#include "infra/base/log.h"
#include "infra/http/trace.h"
#include "infra/identity/carried_token.h"
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

std::optional<TenantPosition> PositionOf(const contacts::Answer& answer) {
  if (answer.position.value == 0) return std::nullopt;
  return TenantPosition{answer.position, std::nullopt};
}

Exchange::Exchange(std::shared_ptr<Api::State> state, const ApiRoute& route, http::Request received,
                   http::Responder responder)
    : request(received_),
      received_(std::move(received)),
      state_(std::move(state)),
      route_(route),
      responder_(std::move(responder)) {}

query::Asker Exchange::asker() const {
  return {session_->tenant, session_->role, session_->contact_id};
}

// nullopt: the read models cannot be read. The answer must go out nevertheless, above all one that
// names the key with which a retry is safe.
std::optional<TenantPosition> Exchange::CurrentPosition() const {
  try {
    const TenantRow row = ViewLookup(state_->context.views).Tenant(session_->tenant);
    if (row.parked.empty()) return TenantPosition{row.applied, std::nullopt};
    return TenantPosition{row.applied, Next(row.applied)};
  } catch (const StoreFailure& failure) {
    log::Error("the read models cannot be read",
               {{"request", request.request_id}, {"cause", failure.what()}});
    return std::nullopt;
  }
}

void Exchange::Answer(http::Response response, std::optional<TenantPosition> at) {
  if (session_) {
    if (!at) at = CurrentPosition();
    if (at) response.headers.push_back({"Contacts-Position", std::to_string(at->position.value)});
    if (at && at->parked) {
      response.headers.push_back({"Contacts-Parked", std::to_string(at->parked->value)});
    }
  }
  SendAnswer(std::move(response));
}

// Each 503 to a write names the key to try again with, so that a client need not tell the 503s
// apart: the client's own key, since an earlier attempt with it may be in flight; else the
// attempt's, which the answer then has; else a new one, since nothing was done.
void Exchange::SendAnswer(http::Response response) {
  const std::string_view name = kIdempotencyKey.name;
  const auto is_key = [&](const http::Header& header) { return header.name == name; };
  if (response.status == 503 && route_.operation.Takes(kIdempotencyKey) &&
      std::none_of(response.headers.begin(), response.headers.end(), is_key)) {
    const auto key = IdempotencyKey(request);
    if (key.ok()) {
      response.headers.push_back({std::string(name), *key ? **key : http::MakeRequestId()});
    }
  }
  responder_.Send(std::move(response));
}

http::Response Exchange::AnswerTo(const Error& error) const {
  if (error.code == ErrorCode::kInternal) {
    log::Error("a request failed", {{"request", request.request_id}, {"cause", error.message}});
  }
  http::Response response = ErrorAnswer(ForClients(error));
  if (auto challenge = ChallengeFor(request, route_, error)) {
    response.headers.push_back({"WWW-Authenticate", *std::move(challenge)});
  }
  return response;
}

void Exchange::Fail(const Error& error, std::optional<TenantPosition> at) {
  Answer(AnswerTo(error), at);
}

// A request with a token is judged by it alone, so its cookies do not count.
size_t Exchange::CookiesThatCame() const {
  if (route_.NeedsSession() && BearerToken(request)) return 0;
  return CountCookies(request.FindAll("Cookie"), state_->context.cookie.name);
}

void Exchange::ForgetOtherCookies(http::Response* response) const {
  if (CookiesThatCame() < 2) return;
  const CookieOptions& cookie = state_->context.cookie;
  for (std::string& other : ClearElsewhere(cookie, request.host, request.path, request.secure)) {
    response->headers.push_back({"Set-Cookie", std::move(other)});
  }
}

// The first cookie counts, and a client that has an old one with a longer path sends that one
// first, also after each new log-in. It stays locked out unless an answer clears the cookies.
void Exchange::Refuse(Error error) {
  const size_t came = CookiesThatCame();
  if (error.code != ErrorCode::kUnauthenticated || came < 2) return Fail(error);
  const CookieOptions& cookie = state_->context.cookie;
  error.message = std::to_string(came) + " cookies named '" + cookie.name +
                  "' came, and the first, which counts, belongs to no session. This answer clears "
                  "them all; log in again.";
  http::Response response = AnswerTo(error);
  response.headers.push_back({"Set-Cookie", ClearCookie(cookie)});
  ForgetOtherCookies(&response);
  Answer(std::move(response));
}

void Exchange::Run(const Step& step) {
  try {
    step(shared_from_this());
  } catch (const StoreFailure& failure) {
    log::Error("the read models cannot be read",
               {{"request", request.request_id}, {"cause", failure.what()}});
    SendAnswer(
        ErrorAnswer({ErrorCode::kUnavailable, "The read models cannot be read just now", {}, 5}));
  } catch (const std::exception& failure) {
    log::Error("a request failed", {{"request", request.request_id}, {"cause", failure.what()}});
    responder_.Send(ErrorAnswer({ErrorCode::kInternal, "The server failed; its log says more"}));
  }
}

// Once the client has gone, a step has nothing to answer.
std::function<void()> Exchange::Continuing(Step step) {
  return [self = shared_from_this(), step = std::move(step)] {
    if (!self->gone()) self->Run(step);
  };
}

void Exchange::Continue(std::thread::id waiter, Step step) {
  state_->continuations.Run(waiter, Continuing(std::move(step)));
}

void Exchange::ContinueOnLongWork(Step step) {
  state_->renderings.Run(session_ ? session_->tenant : TenantId{}, Continuing(std::move(step)));
}

std::optional<Error> Exchange::Unready(const TenantId& tenant) const {
  if (!state_->context.unready) return std::nullopt;
  std::optional<Error> why = state_->context.unready(tenant);
  if (why && !session_) return ForStrangers(*std::move(why));
  return why;
}

void Exchange::NotReached(const TenantId& tenant, const WantedPosition& wanted,
                          Positions::Outcome outcome) {
  if (outcome == Positions::Outcome::kTooMany) {
    return Fail({ErrorCode::kUnavailable, "Too many requests wait for a position", {}, 1});
  }
  const Sequence applied = ViewLookup(state_->context.views).Tenant(tenant).applied;
  Fail({ErrorCode::kUnavailable,
        "Tenant " + tenant.value + " stands at " + std::to_string(applied.value) +
            " on this instance, not yet at " + std::to_string(wanted.position.value),
        {},
        1});
}

void Exchange::AwaitPosition(const TenantId& tenant, const Step& next) {
  if (const auto why = Unready(tenant)) return Fail(*why);
  const auto wanted = MinPosition(request);
  if (!wanted) return Fail(wanted.error());
  if (!*wanted) return next(shared_from_this());
  if (!route_.Changes()) DropBody();
  const auto then = [self = shared_from_this(), waiter = std::this_thread::get_id(), tenant,
                     wants = **wanted, next](Positions::Outcome outcome) {
    if (outcome == Positions::Outcome::kReached) return self->Continue(waiter, next);
    self->Continue(waiter, [tenant, wants, outcome](const ExchangePtr& exchange) {
      exchange->NotReached(tenant, wants, outcome);
    });
  };
  Positions& positions = state_->context.positions;
  const Positions::Wait wait = positions.WaitFor(tenant, (*wanted)->position,
                                                 Positions::Clock::now() + (*wanted)->wait, then);
  if (wait.number > 0) {
    responder_.WhenGone([&positions, wait] { positions.Cancel(wait); });
  }
}

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
      request.FindAll("Cookie"),
      [self = shared_from_this(), waiter = std::this_thread::get_id()](Result<Session> found) {
        // Found immediately, as it mostly is: still inside Run.
        if (std::this_thread::get_id() == waiter) return self->Enter(std::move(found));
        self->Continue(waiter, [found = std::move(found)](const ExchangePtr& exchange) {
          exchange->Enter(found);
        });
      });
}

void Exchange::Enter(Result<Session> found) {
  if (!found) return Refuse(found.error());
  session_ = *std::move(found);
  if (std::exchange(waited_, false)) return CheckRole();
  if (const auto error = state_->rates.Take(session_->tenant)) return Fail(*error);
  AwaitPosition(session_->tenant, [](const ExchangePtr& exchange) {
    const auto wanted = MinPosition(exchange->request);
    if (!wanted.ok() || !*wanted) return exchange->CheckRole();
    // The record that was waited for may have taken rights away, so the session is looked up again.
    exchange->waited_ = true;
    exchange->FindSession();
  });
}

Command Exchange::NewCommand() const {
  return NewCommandBy(session_->tenant, session_->user_id.value, session_->username);
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

void Exchange::Pass() {
  const bool by_token = route_.NeedsSession() && BearerToken(request);
  if (route_.Changes() && !by_token) {
    const auto error = CheckSameOrigin(request, state_->context.allowed_origins);
    if (error) return Fail(*error);
  }
  if (route_.who == Who::kAnyoneAtOnce) return route_.handler(shared_from_this());
  if (const auto error = state_->NotReady()) return Fail(*error);
  if (!route_.NeedsSession()) return route_.handler(shared_from_this());
  FindSession();
}

http::Handler HandlerFor(const std::shared_ptr<Api::State>& state, const ApiRoute& route) {
  return [state, &route](http::Request request, http::Responder responder) {
    const auto exchange =
        std::make_shared<Exchange>(state, route, std::move(request), std::move(responder));
    exchange->Run([](const ExchangePtr& self) { self->Pass(); });
  };
}

}  // namespace contacts::api
