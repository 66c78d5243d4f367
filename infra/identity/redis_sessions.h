// Sessions in Redis, as express-session with connect-redis keeps them: a log-in there is a session
// here, and the reverse. Sessions of other services are read and never rewritten.
//
//   key    <prefix><session id>     Redis removes it when the session expires
//   value  see session_json.h
//
// For a session that began here the users view decides on user and rights (own_session.h), for one
// that began elsewhere its JSON does.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "infra/base/seldom.h"
#include "infra/identity/session_cache.h"
#include "infra/identity/session_json.h"
#include "infra/identity/session_options.h"
#include "infra/identity/sessions.h"
#include "infra/redis/redis_client.h"
#include "projections/store/view_store.h"

namespace contacts {

struct RedisSessionOptions {
  std::string prefix = "sess:";
  SessionFields fields = SessionFields::Usual();
  // A request here keeps sessions of other services alive too, by EXPIRE, as Express does.
  bool touch = false;
  // How long an answer counts, from when it was asked for: a log-out elsewhere takes effect here
  // after this plus the client's time-out at the latest.
  std::chrono::milliseconds remembered{1000};
  size_t max_remembered = 10'000;
};

// All commands that sessions send to Redis, on one key that exists for a moment.
std::vector<RedisCommand> SessionProbe(const std::string& prefix);

// Counts since the start.
struct SessionCounts {
  std::atomic<int64_t> asked{0};       // questions to Redis
  std::atomic<int64_t> remembered{0};  // requests answered from the cache
  std::atomic<int64_t> joined{0};      // requests that waited for another request's question
  std::atomic<int64_t> failed{0};      // questions without an answer, or with an error
  std::atomic<int64_t> unusable{0};    // sessions whose user's data cannot be used
};

class RedisSessions : public Sessions {
 public:
  // `views` must outlive it.
  RedisSessions(RedisOptions redis, const ViewReader& views, SessionOptions options,
                RedisSessionOptions redis_options);
  ~RedisSessions() override;

  void Find(const std::vector<std::string_view>& cookies, SessionUse use,
            std::function<void(Result<Session>)> then) override;
  void Begin(const Session& session, const std::vector<std::string_view>& cookies, bool secure,
             std::function<void(Result<std::string>)> then) override;
  void End(const std::vector<std::string_view>& cookies,
           std::function<void(Result<std::string>)> then) override;
  void DropRemembered() override;

  // For new connections; the open one stays.
  void UseTls(TlsContext tls) { client_->UseTls(std::move(tls)); }
  // Why the store cannot be asked just now; empty: it can.
  std::string Trouble() const { return client_->Trouble(); }
  const SessionCounts& counts() const { return counts_; }

 private:
  using Clock = SessionCache::Clock;
  // A question in flight, and the callers that wait for its answer.
  struct Question {
    Clock::time_point asked;
    SessionUse use = SessionUse::kCountedBefore;  // kCounts: that of one caller counts
    std::vector<std::function<void(Result<Session>)>> waiting;
  };

  std::optional<StoredSession> Remembered(const std::string& sid, SessionUse use,
                                          Clock::time_point now);
  void Answer(const std::string& sid, const std::shared_ptr<Question>& question,
              Result<RedisClient::Replies> replies);
  Result<StoredSession> Read(const RedisClient::Replies& replies);
  Result<Session> Judge(const StoredSession& stored) const;
  void Touch(const std::string& sid, const StoredSession& stored, int64_t left);
  void Forget(const std::string& sid);
  // The error when Redis did not answer, or refused a command; nullopt: all commands succeeded.
  std::optional<Error> Fault(const Result<RedisClient::Replies>& replies);
  // Logs, unless it did a moment ago: clients can cause such lines at any rate.
  void Say(const std::string& what, const std::string& cause);

  const ViewReader& views_;
  const SessionOptions options_;
  const RedisSessionOptions redis_options_;
  SessionCounts counts_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Question>> questions_;
  SessionCache cache_;
  Seldom said_;
  std::unique_ptr<RedisClient> client_;  // last: its callbacks use the others
};

}  // namespace contacts
