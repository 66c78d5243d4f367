// One request on its way through the API, from whichever thread goes on with it: kept until it is
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

// Where a tenant stands, as the headers Contacts-Position and Contacts-Parked say.
struct TenantPosition {
  Sequence position;
  std::optional<Sequence> parked;  // the record that the tenant waits at; nullopt: it does not
};

// By which a command's answer is true; nullopt: nobody knows.
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

  // Frees what is not needed while it waits.
  void DropBody() { received_.DropBody(); }
  // The client has gone: nobody waits for an answer.
  bool gone() const { return responder_.gone(); }

  // Lets in who may call the route and runs its handler, or answers why not.
  void Pass();

  // The session of the asking user; only on a route that needs one.
  const Session& session() const { return *session_; }
  query::Asker asker() const;

  // The answer. With a session it says where the tenant stands: `at`, or as it is now.
  void Answer(http::Response response, std::optional<TenantPosition> at = {});
  void Fail(const Error& error, std::optional<TenantPosition> at = {});

  // When several session cookies came, the answer makes the client forget all but the one at the
  // configured place: with which of them it would come again is not to be seen here.
  void ForgetOtherCookies(http::Response* response) const;

  // Runs `step`; what it throws becomes the answer.
  void Run(const Step& step);
  // What a callback does that may come from any thread: goes on there where it may take its time.
  void Continue(std::thread::id waiter, Step step);
  // What takes long: goes on where no other client waits for it.
  void ContinueOnLongWork(Step step);

  // Why nothing can be answered for the tenant; in full only for who has a session.
  std::optional<Error> Unready(const TenantId& tenant) const;

  // Goes on with `next` when this instance can answer for the tenant, and has applied what
  // Contacts-Min-Position asks for. It ends without a word when the client goes meanwhile.
  void AwaitPosition(const TenantId& tenant, const Step& next);

  // A command of the session's user, with where it comes from; without key, reason and intent.
  Command NewCommand() const;
  // The same of somebody without a session.
  Command NewCommandBy(TenantId tenant, std::string actor, std::string actor_name) const;

 private:
  void SendAnswer(http::Response response);
  std::optional<TenantPosition> CurrentPosition() const;
  std::function<void()> Continuing(Step step);
  // Goes on when a session is found, and its tenant stands where the request wants it.
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

// The handler of a row of the table, behind its gate.
http::Handler HandlerFor(const std::shared_ptr<Api::State>& state, const ApiRoute& route);

}  // namespace contacts::api
