// Sessions in Redis that began here or in Express.
#include "infra/identity/redis_sessions.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>

#include "infra/identity/session_cache.h"
#include "tests/infra/identity/redis_sessions.h"

namespace contacts::testing {
namespace {

TEST_F(RedisSessionsTest, ASessionOfExpressIsFoundAndLeftUnchanged) {
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

TEST_F(RedisSessionsTest, ALogOutOrAnotherRoleElsewhereTakesEffectWithinTwoSeconds) {
  Put("x", ExpressJson("admin"));
  EXPECT_EQ(Find(CookieOf("x"))->role, "admin");
  Put("x", ExpressJson("client"));
  EXPECT_TRUE(ComesToBe([&] { return Find(CookieOf("x"))->role == "client"; }, milliseconds(2000)));
  EXPECT_EQ(AskOne(redis_, {"DEL", "sess:x"}).integer, 1);
  EXPECT_TRUE(ComesToBe([&] { return !Find(CookieOf("x")).ok(); }, milliseconds(2000)));
  EXPECT_GT(sessions_->counts().remembered, sessions_->counts().asked);
}

TEST_F(RedisSessionsTest, NoSessionIsRememberedBeyondTheEndOfItsKey) {
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
  EXPECT_TRUE(Find(CookieOf("past")).ok());  // as after a touch by Express, which keeps the JSON
}

TEST_F(RedisSessionsTest, SessionsOfOthersAreKeptAliveOnlyWithTheSettingForIt) {
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

// A stream looks every 15 seconds whether its session still holds; that kept the session alive.
TEST_F(RedisSessionsTest, AFurtherLookDoesNotCountAsUseAndHidesNone) {
  RedisSessionOptions options;
  options.touch = true;
  options.remembered = std::chrono::hours(1);
  Open(options);
  Put("x", ExpressJson("admin"));
  const std::string own = LogIn();
  EXPECT_EQ(AskOne(redis_, {"EXPIRE", KeyOf(own), "100"}).integer, 1);
  const auto ttl = [&](const std::string& key) { return AskOne(redis_, {"TTL", key}).integer; };
  // Commands of one client come to the server in order, so the second look-up comes after what the
  // first one sent.
  for (const std::string& cookie : {CookieOf("x"), own, CookieOf("unknown")}) {
    EXPECT_EQ(FindAgain(cookie).ok(), cookie != CookieOf("unknown"));
  }
  EXPECT_LE(ttl("sess:x"), 100);
  EXPECT_LE(ttl(KeyOf(own)), 100);
  EXPECT_TRUE(Find(CookieOf("x")).ok());
  EXPECT_TRUE(Find(own).ok());
  EXPECT_TRUE(ComesToBe([&] { return ttl("sess:x") > 86'000; }));
  EXPECT_TRUE(ComesToBe([&] { return ttl(KeyOf(own)) > 86'000; }));
  EXPECT_EQ(sessions_->counts().remembered, 0);
  EXPECT_TRUE(FindAgain(own).ok());
  EXPECT_EQ(sessions_->counts().remembered, 1);
}

// The use that joins the question of a further look was lost.
TEST_F(RedisSessionsTest, AUseThatWaitsForTheAnswerToAFurtherLookCounts) {
  const std::string own = LogIn();
  EXPECT_EQ(AskOne(redis_, {"EXPIRE", KeyOf(own), "100"}).integer, 1);
  server_.Pause();
  std::promise<void> found;
  sessions_->Find(Cookies{own}, SessionUse::kCountedBefore, [](const Result<Session>&) {});
  sessions_->Find(Cookies{own}, SessionUse::kCounts,
                  [&](const Result<Session>&) { found.set_value(); });
  server_.Continue();
  found.get_future().get();
  EXPECT_EQ(sessions_->counts().asked, 1);
  EXPECT_TRUE(ComesToBe([&] { return TtlOf(own) > 86'000; }));
}

TEST_F(RedisSessionsTest, ALoginHereIsASessionThatExpressReads) {
  const std::string cookie = LogIn();
  const std::string json = AskOne(redis_, {"GET", KeyOf(cookie)}).text;
  EXPECT_EQ(
      json,
      R"({"cookie":{"originalMaxAge":86400000,"expires":"2023-11-15T22:13:20.000Z",)"
      R"("httpOnly":true,"path":"/","sameSite":"lax"},)"
      R"("user":{"id":"7","username":"jane","role":"admin","tenantId":"acme",)"
      R"("contactId":null},"contactsSession":{"version":1,"tenant":"acme","userId":"7",)"
      R"("username":"jane","credentialId":"credential-1","position":17,"begun":"2023-11-14T22:13:20.000Z"}})");
  EXPECT_NEAR(static_cast<double>(TtlOf(cookie)), 86'400, 5);
  const auto found = Find(cookie);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->tenant, TenantId{"acme"});
  EXPECT_EQ(found->role, "admin");
}

TEST_F(RedisSessionsTest, AChangeOfOurUsersRightsCountsImmediately) {
  const std::string cookie = LogIn();
  EXPECT_EQ(Find(cookie)->role, "admin");
  jane_.state.role = "client";
  PutUser(jane_);
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
  PutUser(jane_);
  ExpectEnded(later);
}

TEST_F(RedisSessionsTest, ALoginEndsTheSessionBeforeItAndALogoutTheNewOne) {
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

TEST_F(RedisSessionsTest, OurSessionEndsWithItsKeyWithoutRequestsAndAfterAWeekInAnyCase) {
  RedisSessionOptions options;
  options.remembered = milliseconds(0);
  Open(options);
  const std::string cookie = LogIn();
  EXPECT_EQ(AskOne(redis_, {"EXPIRE", KeyOf(cookie), "1000"}).integer, 1);
  EXPECT_TRUE(Find(cookie).ok());
  EXPECT_TRUE(ComesToBe([&] { return TtlOf(cookie) > 86'000; }));
  now_ += 6 * 24 * kHour + 12 * kHour;  // twelve hours before its end
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
  EXPECT_EQ(Find(cookie)->role, "admin");  // still our session: the users view decides
  replace(R"("id":"7")", R"("id":"8")");
  RedisSessionOptions options;
  Open(options);
  EXPECT_EQ(Find(cookie)->user_id, UserId{"8"});
  EXPECT_EQ(Find(cookie)->role, "client");
  replace(R"("id":"8")", R"("id":null)");
  Open(options);
  ExpectEnded(cookie);
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
