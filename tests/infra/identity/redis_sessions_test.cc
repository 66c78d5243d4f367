#include "infra/identity/redis_sessions.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>

#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"
#include "tests/infra/redis/redis_asking.h"
#include "tests/support/memory_view_store.h"

namespace contacts::testing {
namespace {

using Cookies = std::vector<std::string_view>;
using std::chrono::milliseconds;
constexpr int64_t kHour = 3600 * 1000;

std::string CookieOf(const std::string& sid) { return "connect.sid=" + SignSession(sid, "secret"); }

std::string ExpressJson(const std::string& role, const std::string& more = "") {
  return R"({"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"},)"
         R"("user":{"id":7,"username":"jane","role":")" +
         role + R"(","tenantId":42,"contactId":null},"cart":[1,{"a":"\ud83d"}])" + more + "}";
}

class RedisSessionsTest : public ::testing::Test {
 protected:
  RedisSessionsTest() : redis_(OptionsFor(server_)) {
    jane_ = UserRow{UserId{"7"}, "jane", {"admin", false}, std::nullopt, "credential-1"};
    PutUser();
    PutApplied(17);
    Open({});
  }

  void Open(RedisSessionOptions redis_options, milliseconds timeout = milliseconds(1000)) {
    sessions_.reset();
    SessionOptions options;
    options.secrets = {"secret", "older"};
    options.clock = [this] { return Timestamp{now_.load()}; };
    RedisOptions redis = OptionsFor(server_);
    redis.timeout = timeout;
    redis.probe_every = milliseconds(50);
    sessions_ = std::make_unique<RedisSessions>(redis, views_, options, std::move(redis_options));
    ASSERT_TRUE(ComesToBe([&] { return sessions_->Trouble().empty(); }));
  }
  void PutUser() {
    ViewBatch batch;
    batch.Put(View::kUsers, keys::User(TenantId{"acme"}, jane_.user_id), ToRow(jane_));
    views_.Write(batch);
  }
  void PutApplied(int64_t position) {
    TenantRow row;
    row.applied = Sequence{position};
    ViewBatch batch;
    batch.Put(View::kTenants, keys::Tenant(TenantId{"acme"}), ToRow(row));
    views_.Write(batch);
  }

  // A record about jane is history and applied.
  void Happens(const Event& event, int64_t position) {
    Record record;
    record.envelope.sequence = Sequence{position};
    record.event = event;
    jane_ = UserRow{*Evolve(jane_, record)};
    PutUser();
    PutApplied(position);
  }

  Result<Session> Find(const std::string& cookie) {
    std::promise<Result<Session>> found;
    sessions_->Find(Cookies{cookie}, [&](Result<Session> s) { found.set_value(std::move(s)); });
    return found.get_future().get();
  }
  Result<std::string> Begin(const std::string& cookie = "") {
    std::promise<Result<std::string>> begun;
    sessions_->Begin(Session{TenantId{"acme"}, UserId{"7"}, "jane", "admin", std::nullopt},
                     cookie.empty() ? Cookies{} : Cookies{cookie}, false,
                     [&](Result<std::string> set) { begun.set_value(std::move(set)); });
    return begun.get_future().get();
  }
  std::string LogIn(const std::string& cookie = "") {
    const auto set_cookie = Begin(cookie);
    EXPECT_TRUE(set_cookie.ok());
    return set_cookie->substr(0, set_cookie->find(';'));
  }
  Result<std::string> End(const std::string& cookie) {
    std::promise<Result<std::string>> ended;
    sessions_->End(Cookies{cookie}, [&](Result<std::string> c) { ended.set_value(std::move(c)); });
    return ended.get_future().get();
  }
  void ExpectEnded(const std::string& cookie) {
    const auto found = Find(cookie);
    ASSERT_FALSE(found.ok());
    EXPECT_EQ(found.error().code, ErrorCode::kUnauthenticated);
  }
  void Put(const std::string& sid, const std::string& json, const std::string& seconds = "100") {
    EXPECT_EQ(AskOne(redis_, {"SET", "sess:" + sid, json, "EX", seconds}).text, "OK");
  }
  std::string KeyOf(const std::string& cookie) {
    return "sess:" + *VerifySession(*FindCookie({cookie}, kSessionCookie), {"secret"});
  }
  int64_t TtlOf(const std::string& cookie) {
    return AskOne(redis_, {"TTL", KeyOf(cookie)}).integer;
  }

  RedisServer server_;
  RedisClient redis_;
  std::atomic<int64_t> now_{1'700'000'000'000};
  MemoryViewStore views_;
  UserRow jane_;
  std::unique_ptr<RedisSessions> sessions_;
};

TEST_F(RedisSessionsTest, ASessionOfExpressIsFoundAsItIs) {
  const std::string json = ExpressJson("consultant");
  Put("abc.def", json);
  const auto found = Find("a=b; " + CookieOf("abc.def"));
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found->tenant, TenantId{"42"});
  EXPECT_EQ(found->user_id, UserId{"7"});
  EXPECT_EQ(found->username, "jane");
  EXPECT_EQ(found->role, "consultant");
  EXPECT_EQ(found->contact_id, std::nullopt);
  EXPECT_TRUE(Find("connect.sid=" + SignSession("abc.def", "older")).ok());
  EXPECT_EQ(AskOne(redis_, {"GET", "sess:abc.def"}).text, json);
  EXPECT_LE(AskOne(redis_, {"TTL", "sess:abc.def"}).integer, 100);
}

TEST_F(RedisSessionsTest, NoForgedUnknownOrUnusableSessionIsFound) {
  Put("known", ExpressJson("admin"));
  ExpectEnded("");
  ExpectEnded("connect.sid=known");
  ExpectEnded("connect.sid=" + SignSession("known", "other secret"));
  ExpectEnded(CookieOf("unknown"));
  for (const std::string json :
       {R"({"cookie":{}})", R"({"user":{"id":7,"role":"admin"}})", "no JSON", "[]"}) {
    Put("bad", json);
    ExpectEnded(CookieOf("bad"));
  }
  EXPECT_EQ(sessions_->counts().unusable, 3);
  Put("bad", ExpressJson("admin"));
  EXPECT_TRUE(Find(CookieOf("bad")).ok());  // a "no" is not remembered
}

TEST_F(RedisSessionsTest, ALogOutOrAnotherRoleElsewhereShowsWithinTwoSeconds) {
  Put("x", ExpressJson("admin"));
  EXPECT_EQ(Find(CookieOf("x"))->role, "admin");
  Put("x", ExpressJson("client"));
  EXPECT_TRUE(ComesToBe([&] { return Find(CookieOf("x"))->role == "client"; }, milliseconds(2000)));
  EXPECT_EQ(AskOne(redis_, {"DEL", "sess:x"}).integer, 1);
  EXPECT_TRUE(ComesToBe([&] { return !Find(CookieOf("x")).ok(); }, milliseconds(2000)));
  EXPECT_GT(sessions_->counts().remembered, sessions_->counts().asked);
}

TEST_F(RedisSessionsTest, NothingIsRememberedBeyondTheEndOfItsKey) {
  RedisSessionOptions options;
  options.remembered = std::chrono::hours(1);
  Open(options);
  EXPECT_EQ(AskOne(redis_, {"SET", "sess:x", ExpressJson("admin"), "PX", "150"}).text, "OK");
  EXPECT_TRUE(Find(CookieOf("x")).ok());
  EXPECT_TRUE(ComesToBe([&] { return !Find(CookieOf("x")).ok(); }, milliseconds(2000)));
}

TEST_F(RedisSessionsTest, AKeyWithoutAnEndCountsUntilItsCookieExpires) {
  const auto put = [&](const std::string& sid, const std::string& expires) {
    const std::string json = R"({"cookie":{"originalMaxAge":1000,"expires":)" + expires +
                             R"(},"user":{"id":"7","role":"admin","tenantId":"acme"}})";
    EXPECT_EQ(AskOne(redis_, {"SET", "sess:" + sid, json}).text, "OK");
  };
  put("past", "\"2023-11-14T22:13:19.999Z\"");
  put("later", "\"2023-11-14T22:13:20.001Z\"");
  put("ever", "null");
  put("odd", "\"tomorrow\"");
  ExpectEnded(CookieOf("past"));
  EXPECT_TRUE(Find(CookieOf("later")).ok());
  EXPECT_TRUE(Find(CookieOf("ever")).ok());
  ExpectEnded(CookieOf("odd"));
  put("past", "\"2023-11-14T22:13:19.999Z\"");
  EXPECT_EQ(AskOne(redis_, {"EXPIRE", "sess:past", "100"}).integer, 1);
  EXPECT_TRUE(Find(CookieOf("past")).ok());  // Express touched it, and leaves the JSON as it is
}

TEST_F(RedisSessionsTest, OthersSessionsAreKeptAliveOnlyWhenAskedTo) {
  Put("x", ExpressJson("admin"));
  EXPECT_TRUE(Find(CookieOf("x")).ok());
  RedisSessionOptions options;
  options.touch = true;
  Open(options);
  EXPECT_LE(AskOne(redis_, {"TTL", "sess:x"}).integer, 100);
  EXPECT_TRUE(Find(CookieOf("x")).ok());
  EXPECT_TRUE(ComesToBe([&] { return AskOne(redis_, {"TTL", "sess:x"}).integer > 86'000; }));
  EXPECT_EQ(AskOne(redis_, {"GET", "sess:x"}).text, ExpressJson("admin"));
}

TEST_F(RedisSessionsTest, AllWhoAskForOneSessionWaitForOneAnswer) {
  Put("x", ExpressJson("admin"));
  server_.Pause();
  std::atomic<int> found{0};
  const std::string cookie = CookieOf("x");
  for (int i = 0; i < 50; ++i) {
    sessions_->Find(Cookies{cookie},
                    [&](const Result<Session>& session) { found += session.ok() ? 1 : 100; });
  }
  server_.Continue();
  EXPECT_TRUE(ComesToBe([&] { return found == 50; }));
  EXPECT_EQ(sessions_->counts().asked, 1);
  EXPECT_EQ(sessions_->counts().joined, 49);
}

TEST_F(RedisSessionsTest, ALoginHereIsASessionThatExpressReads) {
  const std::string cookie = LogIn();
  const std::string json = AskOne(redis_, {"GET", KeyOf(cookie)}).text;
  EXPECT_EQ(json,
            R"({"cookie":{"originalMaxAge":86400000,"expires":"2023-11-15T22:13:20.000Z",)"
            R"("httpOnly":true,"path":"/","sameSite":"lax"},)"
            R"("user":{"id":"7","username":"jane","role":"admin","tenantId":"acme",)"
            R"("contactId":null},"contactsSession":{"version":1,"tenant":"acme","userId":"7",)"
            R"("credentialId":"credential-1","position":17,"begun":"2023-11-14T22:13:20.000Z"}})");
  EXPECT_NEAR(static_cast<double>(TtlOf(cookie)), 86'400, 5);
  const auto found = Find(cookie);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->tenant, TenantId{"acme"});
  EXPECT_EQ(found->role, "admin");
}

TEST_F(RedisSessionsTest, WhatOurUserMayDoCountsAtOnce) {
  const std::string cookie = LogIn();
  EXPECT_EQ(Find(cookie)->role, "admin");
  jane_.state.role = "client";
  PutUser();
  EXPECT_EQ(Find(cookie)->role, "client");
  Happens(UserChanged{UserId{"7"}, {"client", false}, {"client", true}}, 18);
  ExpectEnded(cookie);
  EXPECT_FALSE(Begin().ok());
  Happens(UserChanged{UserId{"7"}, {"client", true}, {"client", false}}, 19);
  ExpectEnded(cookie);
  const std::string enabled = LogIn();
  EXPECT_TRUE(Find(enabled).ok());
  Happens(SessionsEnded{UserId{"7"}}, 20);
  ExpectEnded(enabled);
  const std::string later = LogIn();
  EXPECT_TRUE(Find(later).ok());
  jane_.credential_id = "credential-2";
  PutUser();
  ExpectEnded(later);
}

TEST_F(RedisSessionsTest, ALoginEndsTheSessionBeforeItAndALogoutThatOne) {
  const std::string first = LogIn();
  EXPECT_TRUE(Find(first).ok());
  const std::string second = LogIn(first);
  ExpectEnded(first);
  EXPECT_TRUE(Find(second).ok());
  EXPECT_EQ(*End(second), ClearCookie({}));
  ExpectEnded(second);
  EXPECT_EQ(AskOne(redis_, {"DBSIZE"}).integer, 0);
  EXPECT_EQ(*End("connect.sid=forged"), ClearCookie({}));
}

TEST_F(RedisSessionsTest, ALogoutOfNoSessionChangesNothing) {
  const auto changes = [&] {
    const std::string text = AskOne(redis_, {"INFO", "persistence"}).text;
    const size_t at = text.find("rdb_changes_since_last_save:");
    return at == std::string::npos ? "none" : text.substr(at, text.find('\r', at) - at);
  };
  const std::string ended = LogIn();
  EXPECT_TRUE(End(ended).ok());
  const std::string before = changes();
  EXPECT_NE(before, "none");
  EXPECT_EQ(*End(ended), ClearCookie({}));
  EXPECT_EQ(changes(), before);
}

TEST_F(RedisSessionsTest, OursEndsWithoutRequestsByItsKeyAndInAnyCaseAfterAWeek) {
  RedisSessionOptions options;
  options.remembered = milliseconds(0);
  Open(options);
  const std::string cookie = LogIn();
  EXPECT_EQ(AskOne(redis_, {"EXPIRE", KeyOf(cookie), "1000"}).integer, 1);
  EXPECT_TRUE(Find(cookie).ok());
  EXPECT_TRUE(ComesToBe([&] { return TtlOf(cookie) > 86'000; }));
  now_ += 6 * 24 * kHour + 12 * kHour;  // twelve hours are left of its life
  EXPECT_EQ(AskOne(redis_, {"EXPIRE", KeyOf(cookie), "1000"}).integer, 1);
  EXPECT_TRUE(Find(cookie).ok());
  EXPECT_TRUE(ComesToBe([&] { return TtlOf(cookie) > 43'000; }));
  EXPECT_LE(TtlOf(cookie), 12 * 3600);
  now_ += 12 * kHour;
  ExpectEnded(cookie);
}

TEST_F(RedisSessionsTest, AnotherUserInASessionThatBeganHereIsThatUser) {
  const std::string cookie = LogIn();
  std::string json = AskOne(redis_, {"GET", KeyOf(cookie)}).text;
  const auto replace = [&](const std::string& from, const std::string& to) {
    json.replace(json.find(from), from.size(), to);
    EXPECT_EQ(AskOne(redis_, {"SET", KeyOf(cookie), json, "EX", "100"}).text, "OK");
  };
  replace(R"("role":"admin")", R"("role":"client")");
  EXPECT_EQ(Find(cookie)->role, "admin");  // ours: the users view says it
  replace(R"("id":"7")", R"("id":"8")");
  RedisSessionOptions options;
  Open(options);
  EXPECT_EQ(Find(cookie)->user_id, UserId{"8"});
  EXPECT_EQ(Find(cookie)->role, "client");
  replace(R"("id":"8")", R"("id":null)");
  Open(options);
  ExpectEnded(cookie);
}

TEST_F(RedisSessionsTest, WithoutRedisThereIsNoYesAndItHeals) {
  Put("x", ExpressJson("admin"));
  EXPECT_TRUE(Find(CookieOf("x")).ok());
  server_.Kill();
  EXPECT_TRUE(ComesToBe([&] { return !Find(CookieOf("x")).ok(); }, milliseconds(2000)));
  const auto found = Find(CookieOf("x"));
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(found.error().retry_after_seconds, 1);
  EXPECT_EQ(Begin().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(End(CookieOf("x")).error().code, ErrorCode::kUnavailable);
  EXPECT_NE(sessions_->Trouble(), "");
  EXPECT_GT(sessions_->counts().failed, 0);
  ExpectEnded("connect.sid=forged");  // needs no store
  server_.Start();
  EXPECT_TRUE(ComesToBe([&] { return sessions_->Trouble().empty(); }));
  const std::string cookie = LogIn();
  EXPECT_TRUE(Find(cookie).ok());
}

TEST_F(RedisSessionsTest, ASlowRedisCostsTheTimeOut) {
  Put("x", ExpressJson("admin"));
  Open({}, milliseconds(150));
  server_.Pause();
  const auto found = Find(CookieOf("x"));
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kUnavailable);
  server_.Continue();
  EXPECT_TRUE(ComesToBe([&] { return Find(CookieOf("x")).ok(); }));
}

TEST_F(RedisSessionsTest, ManyThreadsLogInLookAndLogOut) {
  std::vector<std::thread> threads;
  std::atomic<int> faults{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) {
        const std::string cookie = LogIn();
        if (!Find(cookie).ok() || !Find(cookie).ok()) ++faults;
        if (!End(cookie).ok() || Find(cookie).ok()) ++faults;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(faults, 0);
}

// A server that answers PING and refuses what requests ask is said to be in trouble, and why.
TEST_F(RedisSessionsTest, WhatTheServerRefusesIsItsTroubleUntilItDoesNotAnyMore) {
  struct Case {
    RedisCommand refuse;
    const char* said;
    RedisCommand mend;
  };
  const std::vector<Case> cases = {
      {{"ACL", "SETUSER", "default", "-get"}, "NOPERM", {"ACL", "SETUSER", "default", "+get"}},
      {{"ACL", "SETUSER", "default", "-expire"}, "EXPIRE", {"ACL", "SETUSER", "default", "+@all"}},
      {{"CONFIG", "SET", "min-replicas-to-write", "1"},
       "NOREPLICAS",
       {"CONFIG", "SET", "min-replicas-to-write", "0"}},
      {{"CONFIG", "SET", "maxmemory", "1"}, "OOM", {"CONFIG", "SET", "maxmemory", "0"}},
      {{"REPLICAOF", "127.0.0.1", "1"}, "READONLY", {"REPLICAOF", "NO", "ONE"}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(AskOne(redis_, c.refuse).text, "OK");
    EXPECT_TRUE(ComesToBe([&] { return sessions_->Trouble().find(c.said) != std::string::npos; },
                          std::chrono::seconds(5)))
        << c.said << ": " << sessions_->Trouble();
    EXPECT_EQ(sessions_->Trouble().find("Redis at 127.0.0.1"), 0u);
    EXPECT_EQ(AskOne(redis_, c.mend).text, "OK");
    EXPECT_TRUE(ComesToBe([&] { return sessions_->Trouble().empty(); }, std::chrono::seconds(5)))
        << sessions_->Trouble();
  }
  EXPECT_TRUE(Find(LogIn()).ok());
}

// A key of another type is one session's trouble, not the store's.
TEST_F(RedisSessionsTest, OneSpoiltKeyIsNoTroubleOfTheServer) {
  EXPECT_EQ(AskOne(redis_, {"LPUSH", "sess:list", "x"}).integer, 1);
  EXPECT_FALSE(Find(CookieOf("list")).ok());
  EXPECT_EQ(sessions_->Trouble(), "");
}

TEST(SessionCache, HoldsNoMoreThanItsBoundAndNothingBeyondItsTime) {
  SessionCache cache(3);
  const SessionCache::Clock::time_point start{};
  for (int i = 0; i < 5; ++i) {
    cache.Put(std::to_string(i), {}, start + milliseconds(10 + i));
    EXPECT_LE(cache.size(), 3u);
  }
  EXPECT_FALSE(cache.Find("1", start));
  EXPECT_TRUE(cache.Find("2", start + milliseconds(11)));
  EXPECT_FALSE(cache.Find("2", start + milliseconds(12)));
  EXPECT_EQ(cache.size(), 2u);
  cache.Erase("3");
  EXPECT_FALSE(cache.Find("3", start));
  cache.Put("4", {}, start + milliseconds(100));
  EXPECT_TRUE(cache.Find("4", start + milliseconds(99)));
  EXPECT_EQ(cache.size(), 1u);
}

}  // namespace
}  // namespace contacts::testing
