#include "infra/identity/redis_sessions.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "infra/base/log.h"
#include "infra/identity/own_session.h"

namespace contacts {
namespace {

using Kind = RedisReply::Kind;
using std::chrono::milliseconds;

// A touch is sent only after this part of the session's life: life / kTouchParts.
constexpr int64_t kTouchParts = 100;
constexpr int64_t kNeverExpires = -1;
constexpr int64_t kIsGone = -2;

std::string Seconds(milliseconds life) {
  return std::to_string(
      std::max<int64_t>(std::chrono::ceil<std::chrono::seconds>(life).count(), 1));
}

bool IsOver(const OwnSession& own, Timestamp now, const SessionOptions& options) {
  return now.milliseconds - own.begun.milliseconds >= options.absolute.count();
}

// How long the session lives after a touch now.
milliseconds LifeOf(const StoredSession& stored, Timestamp now, const SessionOptions& options) {
  if (!stored.own) return stored.life;
  const milliseconds left =
      options.absolute - milliseconds(now.milliseconds - stored.own->begun.milliseconds);
  return std::min(options.idle, left);
}

RedisOptions Probing(RedisOptions redis, const std::string& prefix) {
  redis.probe = SessionProbe(prefix);
  return redis;
}

}  // namespace

std::vector<RedisCommand> SessionProbe(const std::string& prefix) {
  const std::string key = prefix + "contacts-probe";
  return {{"SET", key, "{}", "EX", "60"},
          {"GET", key},
          {"PTTL", key},
          {"EXPIRE", key, "60"},
          {"DEL", key}};
}

RedisSessions::RedisSessions(RedisOptions redis, const ViewReader& views, SessionOptions options,
                             RedisSessionOptions redis_options)
    : views_(views),
      options_(std::move(options)),
      redis_options_(std::move(redis_options)),
      cache_(redis_options_.max_remembered),
      client_(std::make_unique<RedisClient>(Probing(std::move(redis), redis_options_.prefix))) {}

// Callers that still wait get their answer while the other members exist.
RedisSessions::~RedisSessions() { client_.reset(); }

void RedisSessions::Find(const std::vector<std::string_view>& cookies, SessionUse use,
                         std::function<void(Result<Session>)> then) {
  const auto sid = SessionIdIn(cookies, options_);
  if (!sid.ok()) return then(sid.error());
  const Clock::time_point now = Clock::now();
  if (const std::optional<StoredSession> found = Remembered(*sid, use, now)) {
    ++counts_.remembered;
    return then(Judge(*found));
  }
  auto question = std::make_shared<Question>();
  {
    std::lock_guard lock(mutex_);
    const auto [at, is_new] = questions_.emplace(*sid, question);
    at->second->waiting.push_back(std::move(then));
    if (use == SessionUse::kCounts) at->second->use = use;
    if (!is_new) {
      ++counts_.joined;
      return;
    }
    question->asked = now;
  }
  ++counts_.asked;
  const std::string key = redis_options_.prefix + *sid;
  client_->Run({{"GET", key}, {"PTTL", key}},
               [this, sid = *sid, question](Result<RedisClient::Replies> replies) {
                 Answer(sid, question, std::move(replies));
               });
}

void RedisSessions::DropRemembered() {
  const std::lock_guard lock(mutex_);
  cache_.Clear();
}

// An answer that was asked for without counting as use does not serve a use, which is to be
// counted.
std::optional<StoredSession> RedisSessions::Remembered(const std::string& sid, SessionUse use,
                                                       Clock::time_point now) {
  std::lock_guard lock(mutex_);
  return cache_.Find(sid, now, use);
}

void RedisSessions::Answer(const std::string& sid, const std::shared_ptr<Question>& question,
                           Result<RedisClient::Replies> replies) {
  Result<StoredSession> stored = SessionEnded();
  if (auto error = Fault(replies)) {
    stored = *std::move(error);
  } else {
    stored = Read(*replies);
  }
  const int64_t left = stored.ok() ? (*replies)[1].integer : 0;
  std::vector<std::function<void(Result<Session>)>> waiting;
  SessionUse use = SessionUse::kCountedBefore;
  {
    std::lock_guard lock(mutex_);
    waiting.swap(question->waiting);
    use = question->use;
    const auto at = questions_.find(sid);
    // Otherwise the session was ended here meanwhile, and this answer may be older than that.
    const bool is_newest = at != questions_.end() && at->second == question;
    if (is_newest) questions_.erase(at);
    if (is_newest && stored.ok()) {
      milliseconds counts = redis_options_.remembered;
      if (left != kNeverExpires) counts = std::min(counts, milliseconds(left));
      cache_.Put(sid, *stored, question->asked + counts, use);
    }
  }
  const Result<Session> session = stored.ok() ? Judge(*stored) : Result<Session>(stored.error());
  if (session.ok() && use == SessionUse::kCounts) Touch(sid, *stored, left);
  for (const auto& then : waiting) then(session);
}

Result<StoredSession> RedisSessions::Read(const RedisClient::Replies& replies) {
  const RedisReply& value = replies[0];
  const int64_t left = replies[1].integer;
  if (value.kind != Kind::kText || left == kIsGone) return SessionEnded();
  auto stored = ReadSession(value.text, redis_options_.fields);
  if (!stored.ok() && stored.error().code == ErrorCode::kBadRequest) {
    ++counts_.unusable;
    Say("a session of the store cannot be used: its user is not logged in here",
        stored.error().message);
    return NotLoggedIn("The session cannot be used here; log in again.");
  }
  if (!stored.ok()) return stored;
  const bool over = left == kNeverExpires && stored->expires && *stored->expires <= Now(options_);
  if (over) return SessionEnded();
  return stored;
}

Result<Session> RedisSessions::Judge(const StoredSession& stored) const {
  if (!stored.own) return stored.session;
  const Timestamp now = Now(options_);
  if (IsOver(*stored.own, now, options_)) return SessionEnded();
  return JudgeOwn(views_, *stored.own, now, options_.unready);
}

// Uses EXPIRE only, so that a session that was ended meanwhile does not come back.
void RedisSessions::Touch(const std::string& sid, const StoredSession& stored, int64_t left) {
  if (!stored.own && (!redis_options_.touch || left == kNeverExpires)) return;
  const milliseconds life = LifeOf(stored, Now(options_), options_);
  if (left != kNeverExpires && left >= life.count() - life.count() / kTouchParts) return;
  client_->Run({{"EXPIRE", redis_options_.prefix + sid, Seconds(life)}},
               [this](const Result<RedisClient::Replies>& replies) { (void)Fault(replies); });
}

void RedisSessions::Begin(const Session& session, const std::vector<std::string_view>& cookies,
                          bool secure, std::function<void(Result<std::string>)> then) {
  const auto own = BeginOwn(views_, session, Now(options_));
  if (!own.ok()) return then(own.error());
  const auto ended = SessionIdIn(cookies, options_);
  const std::string sid = NewSessionId();
  std::vector<RedisCommand> commands;
  if (ended.ok()) commands.push_back({"DEL", redis_options_.prefix + *ended});
  commands.push_back({"SET", redis_options_.prefix + sid,
                      WriteSession(*own, session, redis_options_.fields, options_,
                                   options_.cookie.IsSecure(secure)),
                      "EX", Seconds(std::min(options_.idle, options_.absolute))});
  const std::string cookie =
      SetCookie(options_.cookie, SignSession(sid, options_.secrets.first()), secure);
  client_->Run(commands, [this, cookie, ended_sid = ended.ok() ? *ended : std::string(),
                          then = std::move(then)](const Result<RedisClient::Replies>& replies) {
    if (!ended_sid.empty()) Forget(ended_sid);
    if (auto error = Fault(replies)) return then(*std::move(error));
    then(cookie);
  });
}

void RedisSessions::End(const std::vector<std::string_view>& cookies,
                        std::function<void(Result<std::string>)> then) {
  const auto sid = SessionIdIn(cookies, options_);
  if (!sid.ok()) return then(ClearCookie(options_.cookie));
  client_->Run(
      {{"DEL", redis_options_.prefix + *sid}},
      [this, sid = *sid, then = std::move(then)](const Result<RedisClient::Replies>& replies) {
        Forget(sid);
        if (auto error = Fault(replies)) return then(*std::move(error));
        then(ClearCookie(options_.cookie));
      });
}

// Forgets a question in flight too: Redis may answer it from before the change.
void RedisSessions::Forget(const std::string& sid) {
  std::lock_guard lock(mutex_);
  cache_.Erase(sid);
  questions_.erase(sid);
}

std::optional<Error> RedisSessions::Fault(const Result<RedisClient::Replies>& replies) {
  if (!replies.ok()) {
    ++counts_.failed;
    return replies.error();
  }
  for (const RedisReply& reply : *replies) {
    if (reply.kind != Kind::kError && reply.kind != Kind::kOther) continue;
    ++counts_.failed;
    Say("redis: a command is refused", reply.text);
    return Error{ErrorCode::kUnavailable, "The session store refuses a command.", {}, 1};
  }
  return std::nullopt;
}

void RedisSessions::Say(const std::string& what, const std::string& cause) {
  if (const auto left_out = said_.MaySay()) {
    log::Warn(what, {{"cause", cause}, {"left_out", std::to_string(*left_out)}});
  }
}

}  // namespace contacts
