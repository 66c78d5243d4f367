// One request on its way through the API, whichever thread continues it. It lives until it is
// answered, exactly once.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "command/command.h"
#include "infra/api/request_headers.h"
#include "infra/api/route_table.h"
#include "infra/api/state.h"
#include "infra/http/message.h"
#include "infra/identity/sessions.h"

namespace contacts::api {

// A tenant's position, for the headers Contacts-Position and Contacts-Parked.
struct TenantPosition {
  Sequence position;
  std::optional<Sequence> parked;  // the record that the tenant waits at; nullopt: not parked
};

// The tenant's position at which a command's answer is true; nullopt: unknown.
std::optional<TenantPosition> PositionOf(const contacts::Answer& answer);

class Exchange;
using ExchangePtr = std::shared_ptr<Exchange>;
using Step = std::function<void(const ExchangePtr&)>;

class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  // `route` must outlive it, as a row of the table does.
  Exchange(std::shared_ptr<Api::State> state, const ApiRoute& route, http::Request received,
           http::Responder responder);

  const http::Request& request;
  Api::State& state() const { return *state_; }

  // Frees the body, which is not needed during a wait.
  void DropBody() { received_.DropBody(); }
  // True: the client has gone and waits for no answer.
  bool gone() const { return responder_.gone(); }

  // Runs the route's handler if the caller may call the route, else answers why not.
  void Pass();

  // The caller's session; only on a route that needs one.
  const Session& session() const { return *session_; }
  query::Asker asker() const;

  // Sends the answer. With a session it has the tenant's position: `at`, or the current one.
  void Answer(http::Response response, std::optional<TenantPosition> at = {});
  void Fail(const Error& error, std::optional<TenantPosition> at = {});

  // If several session cookies came, the answer makes the client forget all but the one at the
  // configured place, since the server cannot see which of them the client would send again.
  void ForgetOtherCookies(http::Response* response) const;

  // Runs `step`; an exception that it throws becomes the answer.
  void Run(const Step& step);
  // Continues after a callback: on this thread if it is `waiter`, which began to wait, else on the
  // continuation pool.
  void Continue(std::thread::id waiter, Step step);
  // Continues with long work on the threads of tenant_turns.h, where it delays no other tenant.
  void ContinueOnLongWork(Step step);

  // Why nothing can be answered for the tenant; only a caller with a session gets the whole reason.
  std::optional<Error> Unready(const TenantId& tenant) const;

  // Continues with `next` when this instance can answer for the tenant and has applied the position
  // of Contacts-Min-Position. Does nothing more if the client goes meanwhile.
  void AwaitPosition(const TenantId& tenant, const Step& next);

  // A command of the session's user, with client address and trace; without key, reason and intent.
  Command NewCommand() const;
  // Makes the command of a caller without a session.
  Command NewCommandBy(TenantId tenant, std::string actor, std::string actor_name) const;

 private:
  void SendAnswer(http::Response response);
  std::optional<TenantPosition> CurrentPosition() const;
  std::function<void()> Continuing(Step step);
  // Continues when a session is found and its tenant has reached the position of the request.
  void FindSession();
  void FindToken(std::string_view token);
  void Enter(Result<Session> found);
  size_t CookiesThatCame() const;
  http::Response AnswerTo(const Error& error) const;
  void Refuse(Error error);
  void CheckRole();
  void NotReached(const TenantId& tenant, const WantedPosition& wanted, Positions::Outcome outcome);

  http::Request received_;
  const std::shared_ptr<Api::State> state_;
  const ApiRoute& route_;
  const http::Responder responder_;
  bool waited_ = false;  // for a position, and the session is found again
  std::optional<Session> session_;
};

// The handler of a row of the table, after the checks of Pass().
http::Handler HandlerFor(const std::shared_ptr<Api::State>& state, const ApiRoute& route);

}  // namespace contacts::api
