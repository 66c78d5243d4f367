// Sessions in Redis with a server that is busy, slow, gone or refuses commands.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/infra/identity/redis_sessions.h"

namespace contacts::testing {
namespace {

TEST_F(RedisSessionsTest, AllRequestsOfOneSessionWaitForOneAnswer) {
  Put("x", ExpressJson("admin"));
  server_.Pause();
  std::atomic<int> found{0};
  const std::string cookie = CookieOf("x");
  for (int i = 0; i < 50; ++i) {
    sessions_->Find(Cookies{cookie}, SessionUse::kCounts,
                    [&](const Result<Session>& session) { found += session.ok() ? 1 : 100; });
  }
  server_.Continue();
  EXPECT_TRUE(ComesToBe([&] { return found == 50; }));
  EXPECT_EQ(sessions_->counts().asked, 1);
  EXPECT_EQ(sessions_->counts().joined, 49);
}

TEST_F(RedisSessionsTest, WithoutRedisNoSessionIsFoundUntilItIsBack) {
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
  ExpectEnded("connect.sid=forged");  // this needs no store
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

// A server that answers PING but refuses the commands of requests is reported as in trouble, with
// the reason.
TEST_F(RedisSessionsTest, ARefusedCommandIsTheServersTroubleUntilItIsAccepted) {
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

// A key of another type spoils one session, not the store.
TEST_F(RedisSessionsTest, OneSpoiltKeyIsNotTheServersTrouble) {
  EXPECT_EQ(AskOne(redis_, {"LPUSH", "sess:list", "x"}).integer, 1);
  EXPECT_FALSE(Find(CookieOf("list")).ok());
  EXPECT_EQ(sessions_->Trouble(), "");
}

}  // namespace
}  // namespace contacts::testing
