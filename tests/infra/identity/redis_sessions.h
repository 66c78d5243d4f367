// Fixture: sessions in a real Redis server, and jane, a user of tenant acme.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/rows/row_archive.h"
#include "infra/identity/cookie.h"
#include "infra/identity/redis_sessions.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"
#include "tests/infra/identity/jane.h"
#include "tests/infra/redis/redis_asking.h"

namespace contacts::testing {

using Cookies = std::vector<std::string_view>;
using std::chrono::milliseconds;
inline constexpr int64_t kHour = 3600 * 1000;

inline std::string CookieOf(const std::string& sid) {
  return "connect.sid=" + SignSession(sid, "secret");
}

inline std::string ExpressJson(const std::string& role, const std::string& more = "") {
  return R"({"cookie":{"originalMaxAge":null,"expires":null,"httpOnly":true,"path":"/"},)"
         R"("user":{"id":7,"username":"jane","role":")" +
         role + R"(","tenantId":42,"contactId":null},"cart":[1,{"a":"\ud83d"}])" + more + "}";
}

class RedisSessionsTest : public JaneTest {
 protected:
  RedisSessionsTest() : redis_(OptionsFor(server_)) {
    jane_ = UserRow{UserId{"7"}, "jane", {"admin", false}, std::nullopt, "credential-1"};
    PutUser(jane_);
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
  Result<Session> Find(const std::string& cookie, SessionUse use = SessionUse::kCounts) {
    std::promise<Result<Session>> found;
    sessions_->Find(Cookies{cookie}, use,
                    [&](Result<Session> s) { found.set_value(std::move(s)); });
    return found.get_future().get();
  }
  Result<Session> FindAgain(const std::string& cookie) {
    return Find(cookie, SessionUse::kCountedBefore);
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
  std::unique_ptr<RedisSessions> sessions_;
};

}  // namespace contacts::testing
