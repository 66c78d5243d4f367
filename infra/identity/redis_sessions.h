// Sessions in Redis, as express-session with connect-redis keeps them: a log-in there is a session
// here, and the other way round. What others wrote is read and never rewritten.
//
//   key    <prefix><session id>     expires by itself when the session does
//   value  session_json.h has it
//
// A session that began here is judged by the users view (own_session.h); one that began elsewhere
// by what its JSON says.
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
  bool touch =
      false;  // a request here keeps others' sessions alive too, by EXPIRE, as Express does
  // An answer counts so long, from when it was asked for: a log-out elsewhere shows after that and
  // the time-out of the client at the latest.
  std::chrono::milliseconds remembered{1000};
  size_t max_remembered = 10'000;
};

// All that sessions ask of Redis, of one key that is there for a moment.
std::vector<RedisCommand> SessionProbe(const std::string& prefix);

// Since the start.
struct SessionCounts {
  std::atomic<int64_t> asked{0};       // of the store
  std::atomic<int64_t> remembered{0};  // answered from the short memory
  std::atomic<int64_t> joined{0};      // waited for the answer to another request's question
  std::atomic<int64_t> failed{0};      // questions without an answer, or with an error
  std::atomic<int64_t> unusable{0};    // sessions that say of their user what cannot be used
};

class RedisSessions : public Sessions {
 public:
  // `views` must outlive it.
  RedisSessions(RedisOptions redis, const ViewReader& views, SessionOptions options,
                RedisSessionOptions redis_options);
  ~RedisSessions() override;

  void Find(const std::vector<std::string_view>& cookies,
            std::function<void(Result<Session>)> then) override;
  void Begin(const Session& session, const std::vector<std::string_view>& cookies, bool secure,
             std::function<void(Result<std::string>)> then) override;
  void End(const std::vector<std::string_view>& cookies,
           std::function<void(Result<std::string>)> then) override;

  // For the connections to come.
  void UseTls(TlsContext tls) { client_->UseTls(std::move(tls)); }
  // Why the store cannot be asked just now; empty: it can.
  std::string Trouble() const { return client_->Trouble(); }
  const SessionCounts& counts() const { return counts_; }

 private:
  using Clock = SessionCache::Clock;
  // A question under way, and who waits for its answer.
  struct Question {
    Clock::time_point asked;
    std::vector<std::function<void(Result<Session>)>> waiting;
  };

  std::optional<StoredSession> Remembered(const std::string& sid, Clock::time_point now);
  void Answer(const std::string& sid, const std::shared_ptr<Question>& question,
              Result<RedisClient::Replies> replies);
  Result<StoredSession> Read(const RedisClient::Replies& replies);
  Result<Session> Judge(const StoredSession& stored) const;
  void Touch(const std::string& sid, const StoredSession& stored, int64_t left);
  void Forget(const std::string& sid);
  // What the store answered to a command that changes it.
  std::optional<Error> Fault(const Result<RedisClient::Replies>& replies);
  // A log line, unless there was one a moment ago: clients can cause them as often as they like.
  void Say(const std::string& what, const std::string& cause);

  const ViewReader& views_;
  const SessionOptions options_;
  const RedisSessionOptions redis_options_;
  SessionCounts counts_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Question>> questions_;
  SessionCache cache_;
  Seldom said_;
  std::unique_ptr<RedisClient> client_;  // last: what it answers uses the others
};

}  // namespace contacts
