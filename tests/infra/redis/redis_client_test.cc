#include "infra/redis/redis_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/infra/redis/redis_asking.h"

namespace contacts::testing {
namespace {

using Kind = RedisReply::Kind;
using std::chrono::milliseconds;

constexpr char kNotYet[] = "not connected yet";
const RedisReply kOk{Kind::kText, "OK"};

void ExpectUnavailable(const Result<RedisClient::Replies>& replies) {
  ASSERT_FALSE(replies.ok());
  EXPECT_EQ(replies.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(replies.error().retry_after_seconds, 1);
}

TEST(RedisClient, AnswersComeInOrderErrorsAmongThem) {
  RedisServer server;
  RedisClient client(OptionsFor(server));
  const std::string bytes("a\0\r\n\xff", 5);
  const auto replies = Ask(client, {{"SET", "k", bytes, "EX", "100"},
                                    {"GET", "k"},
                                    {"GET", "none"},
                                    {"NONSENSE"},
                                    {"TTL", "k"},
                                    {"KEYS", "*"}});
  ASSERT_TRUE(replies.ok()) << replies.error().message;
  const RedisClient::Replies& got = replies.value();
  EXPECT_EQ(got[0], kOk);
  EXPECT_EQ(got[1], (RedisReply{Kind::kText, bytes}));
  EXPECT_EQ(got[2].kind, Kind::kNil);
  EXPECT_EQ(got[3].kind, Kind::kError);
  EXPECT_EQ(got[4], (RedisReply{Kind::kInteger, "", 100}));
  EXPECT_EQ(got[5].kind, Kind::kOther);
  EXPECT_EQ(client.Trouble(), "");
}

TEST(RedisClient, LargeValuesAndManyCallsTogetherGoThrough) {
  RedisServer server;
  RedisOptions options = OptionsFor(server);
  options.timeout = std::chrono::seconds(20);
  RedisClient client(options);
  const std::string large(3'000'000, 'x');
  EXPECT_EQ(AskOne(client, {"SET", "large", large}), kOk);
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        const std::string text = std::to_string(t * 1000 + i);
        if (AskOne(client, {"ECHO", text}).text != text) ++wrong;
        if (i % 100 == 0 && AskOne(client, {"GET", "large"}).text != large) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(RedisClient, TheDatabaseAndTheUserAreTheOnesOfTheAddress) {
  RedisServer server;
  RedisOptions options = OptionsFor(server);
  RedisClient admin(options);
  EXPECT_EQ(
      AskOne(admin, {"ACL", "SETUSER", "app", "on", ">p@ss", "~s:*", "+get", "+set", "+select"}),
      kOk);
  options.address.database = 3;
  options.address.user = "app";
  options.address.password = "p@ss";
  RedisClient app(options);
  EXPECT_EQ(AskOne(app, {"SET", "s:1", "v"}), kOk);
  EXPECT_TRUE(AskOne(app, {"SET", "t:1", "v"}).text.starts_with("NOPERM"));
  EXPECT_EQ(AskOne(admin, {"GET", "s:1"}).kind, Kind::kNil);
  EXPECT_EQ(Ask(admin, {{"SELECT", "3"}, {"GET", "s:1"}, {"SELECT", "0"}}).value()[1].text, "v");
}

TEST(RedisClient, AWrongPasswordIsReportedAndNotRepeated) {
  RedisServer server;
  server.Kill();
  server.Start({"--requirepass", "right"});
  RedisOptions options = OptionsFor(server);
  options.address.password = "top-secret";
  RedisClient wrong(options);
  ASSERT_TRUE(ComesToBe([&] { return wrong.Trouble().find("WRONGPASS") != std::string::npos; }));
  EXPECT_EQ(wrong.Trouble().find("top-secret"), std::string::npos);
  ExpectUnavailable(Ask(wrong, {{"GET", "k"}}));
  options.address.password.clear();
  RedisClient none(options);
  ASSERT_TRUE(ComesToBe([&] { return none.Trouble().find("NOAUTH") != std::string::npos; }));
  options.address.password = "right";
  RedisClient right(options);
  EXPECT_EQ(AskOne(right, {"SET", "k", "v"}), kOk);
}

TEST(RedisClient, AServerThatIsDownIsReportedImmediatelyAndFoundAgainAutomatically) {
  RedisServer server;
  RedisClient client(OptionsFor(server));
  EXPECT_EQ(AskOne(client, {"SET", "k", "v"}), kOk);
  server.Kill();
  ASSERT_TRUE(ComesToBe([&] { return !client.Trouble().empty(); }));
  const auto asked = std::chrono::steady_clock::now();
  ExpectUnavailable(Ask(client, {{"GET", "k"}}));
  EXPECT_LT(std::chrono::steady_clock::now() - asked, milliseconds(500));
  server.Start();
  ASSERT_TRUE(ComesToBe([&] { return client.Trouble().empty(); }));
  EXPECT_EQ(AskOne(client, {"SET", "k", "v"}), kOk);
}

TEST(RedisClient, AClosedConnectionCostsNoAnswer) {
  RedisServer server;
  RedisClient admin(OptionsFor(server));
  RedisClient client(OptionsFor(server));
  for (int i = 0; i < 20; ++i) {
    const std::string id = std::to_string(AskOne(client, {"CLIENT", "ID"}).integer);
    EXPECT_EQ(AskOne(admin, {"CLIENT", "KILL", "ID", id}).integer, 1);
    EXPECT_EQ(AskOne(client, {"ECHO", id}).text, id);
  }
}

TEST(RedisClient, ASilentServerCostsTheTimeOutAndNoWrongAnswerLater) {
  RedisServer server;
  RedisOptions options = OptionsFor(server);
  options.timeout = milliseconds(100);
  RedisClient client(options);
  ASSERT_TRUE(ComesToBe([&] { return AskOne(client, {"ECHO", "first"}).text == "first"; }));
  server.Pause();
  const auto asked = std::chrono::steady_clock::now();
  ExpectUnavailable(Ask(client, {{"ECHO", "late"}}));
  EXPECT_NE(client.Trouble(), "");  // without a wait
  EXPECT_GE(std::chrono::steady_clock::now() - asked, milliseconds(100));
  server.Continue();
  ASSERT_TRUE(ComesToBe([&] { return client.Trouble().empty(); }));
  ASSERT_TRUE(ComesToBe([&] { return AskOne(client, {"ECHO", "then"}).kind == Kind::kText; }));
  EXPECT_EQ(AskOne(client, {"ECHO", "now"}).text, "now");
}

TEST(RedisClient, AServerThatFallsSilentIsNoticedWithoutAnyQuestion) {
  RedisServer server;
  RedisOptions options = OptionsFor(server);
  options.timeout = milliseconds(100);
  options.probe_every = milliseconds(50);
  RedisClient client(options);
  ASSERT_TRUE(ComesToBe([&] { return client.Trouble().empty(); }));
  server.Pause();
  EXPECT_TRUE(ComesToBe([&] { return !client.Trouble().empty(); }));
  server.Continue();
  EXPECT_TRUE(ComesToBe([&] { return client.Trouble().empty(); }));
}

TEST(RedisClient, NoMoreWaitThanAreAllowedAndThoseThatWaitAtTheEndGetAnError) {
  RedisServer server;
  RedisOptions options = OptionsFor(server);
  options.max_waiting = 3;
  std::atomic<int> told{0};
  {
    RedisClient client(options);
    EXPECT_EQ(AskOne(client, {"ECHO", "x"}).text, "x");
    server.Pause();
    for (int i = 0; i < 5; ++i) {
      client.Run({{"ECHO", "y"}}, [&](const Result<RedisClient::Replies>& replies) {
        told += replies.ok() ? 100 : 1;
      });
    }
    EXPECT_EQ(told, 2);
  }
  EXPECT_EQ(told, 5);
  server.Continue();
}

TEST(RedisClient, AServerThatIsNotRedisIsRefused) {
  RedisServer server(Security::kTls);
  RedisClient plain(OptionsFor(server));  // speaks without TLS
  ASSERT_TRUE(ComesToBe([&] { return plain.Trouble().find(kNotYet) == std::string::npos; }));
  ExpectUnavailable(Ask(plain, {{"GET", "k"}}));
}

class RedisTls : public ::testing::Test {
 protected:
  RedisOptions Options(const std::string& ca_file, const std::string& host) {
    RedisOptions options = OptionsFor(server_);
    options.address.tls = true;
    options.address.host = host;
    options.tls = *TlsContext::Open(ca_file);
    return options;
  }
  void ExpectRefused(const RedisOptions& options, const std::string& said) {
    RedisClient client(options);
    EXPECT_TRUE(ComesToBe([&] { return client.Trouble().find(kNotYet) == std::string::npos; }));
    EXPECT_NE(client.Trouble().find(said), std::string::npos) << client.Trouble();
    ExpectUnavailable(Ask(client, {{"GET", "k"}}));
  }
  RedisServer server_{Security::kTls};
};

TEST_F(RedisTls, ATrustedServerIsUsedAlsoForLargeValuesAndAfterARestart) {
  RedisClient client(Options(server_.ca_file(), "127.0.0.1"));
  const std::string large(1'000'000, 'x');
  EXPECT_EQ(AskOne(client, {"SET", "large", large}), kOk);
  EXPECT_EQ(AskOne(client, {"GET", "large"}).text, large);
  server_.Kill();
  server_.Start();
  EXPECT_TRUE(ComesToBe([&] { return AskOne(client, {"ECHO", "x"}).text == "x"; }));
}

// SIGHUP brings other authorities: the open connection stays, the next one is checked by them.
TEST_F(RedisTls, OtherAuthoritiesCountForTheNextConnection) {
  RedisClient client(Options(server_.ca_file(), "127.0.0.1"));
  EXPECT_EQ(AskOne(client, {"ECHO", "x"}).text, "x");
  client.UseTls(*TlsContext::Open(server_.other_ca_file()));
  EXPECT_EQ(AskOne(client, {"ECHO", "y"}).text, "y");
  server_.Kill();
  server_.Start();
  EXPECT_TRUE(ComesToBe([&] {
    return client.Trouble().find("certificate is not accepted") != std::string::npos;
  })) << client.Trouble();
  client.UseTls(*TlsContext::Open(server_.ca_file()));
  EXPECT_TRUE(ComesToBe([&] { return AskOne(client, {"ECHO", "z"}).text == "z"; }));
}

TEST_F(RedisTls, AnotherAuthorityOrAnotherNameIsRefused) {
  ExpectRefused(Options(server_.other_ca_file(), "127.0.0.1"), "certificate is not accepted");
  ExpectRefused(Options("", "127.0.0.1"), "certificate is not accepted");
  ExpectRefused(Options(server_.ca_file(), "localhost"), "Redis at localhost");
  EXPECT_FALSE(TlsContext::Open("/no/such/file").ok());
}

}  // namespace
}  // namespace contacts::testing
