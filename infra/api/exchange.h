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
#include <vector>

#include "command/command.h"
#include "infra/api/query_parameters.h"
#include "infra/api/route_table.h"
#include "infra/api/state.h"
#include "infra/api/tenant_position.h"
#include "infra/http/message.h"
#include "infra/identity/sessions.h"
#include "projections/view_lookup.h"

namespace contacts::api {

class ChangeStream;
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
  void DropBody() { received_.DropBody(); }  // frees it, since a wait does not need it
  bool gone() const { return !stream_ && responder_.gone(); }      // the client waits for no answer
  const http::Responder& responder() const { return responder_; }  // to be told of the client's end

  // Runs the route's handler if the caller may call the route, else answers why not.
  void Pass();
  // After a wait of the handler: finds the caller's session again, then runs the handler again.
  void PassAgain();
  const Positions::Clock::time_point began = Positions::Clock::now();
  bool may_wait = true;  // false: the time for which the handler waits is over

  // The client gets a stream as its answer; a later answer ends the stream.
  void AnswersGoTo(std::shared_ptr<ChangeStream> stream) { stream_ = std::move(stream); }
  const std::shared_ptr<ChangeStream>& stream() const { return stream_; }

  const Session& session() const { return *session_; }  // only on a route that needs one
  query::Asker asker() const;
  const std::string& actor() const { return actor_; }  // of the session, as records name it
  // The tenant's position at which a command's answer is true; nullopt: unknown.
  std::optional<TenantPosition> PositionOf(const contacts::Answer& answer) const;
  // The position that `asOf` means: the newest record that is not after a time. AwaitPosition has
  // waited for a position.
  TenantPosition PositionAsOf(const PointInTime& point) const;
  // kGone: the position is of a lost part of the history; nullopt: it is not.
  std::optional<Error> FaultOf(const Position& position) const;

  // With a session the answer has the tenant's position: `at`, or the current one.
  void Answer(http::Response response, std::optional<TenantPosition> at = {});
  void Fail(const Error& error, std::optional<TenantPosition> at = {});
  // The answer to an error, for a handler that adds headers to it.
  http::Response AnswerTo(Error error) const;
  // If several session cookies came, the client forgets all but the one at the configured place,
  // since the server cannot see which of them it would send again.
  void ForgetOtherCookies(http::Response* response) const;

  // Runs `step`; an exception that it throws becomes the answer.
  void Run(const Step& step);
  // Continues on this thread if it is `waiter`, which began to wait, else on the continuation pool.
  void Continue(std::thread::id waiter, Step step);
  // Continues with long work on the threads of tenant_turns.h, where it delays no other tenant.
  void ContinueOnLongWork(Step step);
  // Why nothing can be answered for the tenant; strangers do not get the whole reason.
  std::optional<Error> Unready(const TenantId& tenant) const;
  // Continues with `next` when this instance can answer for the tenant and has applied the
  // positions of the request (query_parameters.h); with nothing if the client goes meanwhile.
  void AwaitPosition(const TenantId& tenant, const Step& next);

  // A command of the session's user, with client address and trace; without key, reason and intent.
  Command NewCommand() const;
  // Makes the command of a caller without a session.
  Command NewCommandBy(TenantId tenant, std::string actor, std::string actor_name) const;

 private:
  void SendAnswer(http::Response response);
  void Deliver(http::Response response);
  std::optional<TenantPosition> CurrentPosition() const;
  std::optional<TenantRow> ReadTenant() const;
  std::function<void()> Continuing(Step step);
  // Continues when a session is found and its tenant has reached the position of the request.
  void FindSession();
  void FindToken(std::string_view token);
  void Enter(Result<Session> found);
  size_t CookiesThatCame() const;
  bool MaySee(ContactId contact) const;
  std::optional<Error> NameActor(const Session& session);
  void Refuse(Error error);
  void CheckRole();
  void AwaitEach(const TenantId& tenant, std::vector<Position> wanted,
                 Positions::Clock::time_point deadline, const Step& next);
  void NotReached(const TenantId& tenant, const Position& wanted, Positions::Outcome outcome);

  http::Request received_;
  const std::shared_ptr<Api::State> state_;
  const ApiRoute& route_;
  const http::Responder responder_;
  bool waited_ = false;  // and the session is found again
  std::optional<Session> session_;
  std::string actor_;
  std::shared_ptr<ChangeStream> stream_;
};

}  // namespace contacts::api
