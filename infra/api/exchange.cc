#include "infra/api/exchange.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "infra/api/challenge.h"
#include "infra/api/change_stream.h"
#include "infra/api/contract.h"
#include "infra/api/errors.h"
#include "infra/api/handlers.h"
#include "infra/api/request_checks.h"
#include "infra/api/request_headers.h"
#include "infra/base/log.h"
#include "infra/http/trace.h"
#include "projections/view_lookup.h"

namespace contacts::api {

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

void Exchange::Answer(http::Response response, std::optional<TenantPosition> at) {
  if (session_) {
    if (!at) at = CurrentPosition();
    if (at) {
      response.headers.push_back({"Contacts-Position", TextOf(Position{at->position, at->epoch})});
    }
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
  Deliver(std::move(response));
}

void Exchange::Deliver(http::Response response) {
  if (stream_ && !response.source) return stream_->End(response);
  responder_.Send(std::move(response));
}

http::Response Exchange::AnswerTo(Error error) const {
  if (error.code == ErrorCode::kInternal) {
    log::Error("a request failed", {{"request", request.request_id}, {"cause", error.message}});
  }
  if (error.contact_id && !MaySee(*error.contact_id)) {
    error.contact_id.reset();
    error.is_active.reset();
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
    Deliver(ErrorAnswer({ErrorCode::kInternal, "The server failed; its log says more"}));
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
