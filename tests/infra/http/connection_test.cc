// One connection over memory: order, room, errors, the end.
#include "infra/http/connection.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include "tests/infra/http/connections.h"

namespace contacts::http {
namespace {

using std::chrono::hours;

TEST_F(Connections, AnswersLeaveInTheOrderOfTheRequests) {
  client_.Send(Get("/keep") + Get("/keep") + Get("/keep"));
  ASSERT_EQ(kept_.size(), 3u);
  kept_[2].Send(Text("third"));
  kept_[1].Send(Text("second"));
  EXPECT_EQ(client_.written(), "");
  kept_[0].Send(Text("first"));
  EXPECT_EQ(Next().body, "first");
  EXPECT_EQ(Next().body, "second");
  EXPECT_EQ(Next().body, "third");
}

TEST_F(Connections, OnlyTheFirstAnswerCounts) {
  client_.Send(Get("/keep"));
  kept_[0].Send(Text("one"));
  kept_[0].Send(Text("two"));
  const Responder copy = kept_[0];
  copy.Send(Text("three"));
  EXPECT_EQ(Next().body, "one");
  EXPECT_EQ(Next().status, 0);
}

// A good host is remembered for the next request, but does not excuse a bad one there.
TEST_F(Connections, TheHostOfEachRequestIsJudged) {
  const auto from = [](const std::string& host) {
    return "GET /none HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
  };
  const std::string longest(300, 'a');
  for (const std::string& host : {std::string("a.example:80"), std::string("a.example:80"), longest,
                                  std::string("b.example")}) {
    client_.Send(from(host));
    EXPECT_EQ(Next().status, 404) << host;
  }
  client_.Send(from("a b"));
  EXPECT_EQ(Next().status, 400);
}

TEST_F(Connections, AFailingHandlerTellsNothing) {
  client_.Send(Get("/fail"));
  const ReadAnswer answer = Next();
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.find("secret"), std::string::npos);
  EXPECT_FALSE(client_.closing());
}

TEST_F(Connections, AForgottenRequestIsAnswered) {
  client_.Send(Get("/drop"));
  EXPECT_EQ(Next().status, 500);
  client_.Send(Get("/keep"));
  kept_.clear();
  EXPECT_EQ(Next().status, 500);
}

TEST_F(Connections, AHeaderWithALineBreakIsNotSent) {
  client_.Send(Get("/inject"));
  EXPECT_EQ(Next().status, 500);
  EXPECT_EQ(client_.written().find("Set-Cookie"), std::string::npos);
}

TEST_F(Connections, EveryAnswerHasTheFrontsHeaders) {
  client_.Send(Get("/none"));
  const ReadAnswer answer = Next();
  EXPECT_EQ(answer.Value("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(answer.Value("Referrer-Policy"), "no-referrer");
  EXPECT_EQ(answer.Value("Content-Security-Policy"), "default-src 'none'; frame-ancestors 'none'");
  EXPECT_EQ(answer.Value("Cache-Control"), "no-store");
  EXPECT_EQ(answer.Value("Date").size(), 29u);
  EXPECT_EQ(answer.Value("X-Request-Id").size(), 32u);
  client_.Send(Get("/cached"));
  const ReadAnswer cached = Next();
  EXPECT_EQ(cached.status, 304);
  EXPECT_EQ(cached.Value("Cache-Control"), "private");
  EXPECT_EQ(cached.Value("Content-Length"), "");
}

TEST_F(Connections, IdsAreTakenOverOrMade) {
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  client_.Send(Get("/ids", "X-Request-Id: abc-1\r\ntraceparent: " + trace + "\r\n"));
  ReadAnswer answer = Next();
  EXPECT_EQ(answer.body, "abc-1 " + trace);
  EXPECT_EQ(answer.Value("X-Request-Id"), "abc-1");
  client_.Send(Get("/ids", "X-Request-Id: a b\r\ntraceparent: x\r\n"));
  answer = Next();
  EXPECT_EQ(answer.body, answer.Value("X-Request-Id") + " ");
  EXPECT_EQ(answer.Value("X-Request-Id").size(), 32u);
  client_.Send(Get("/ids", "traceparent: " + trace + "\r\ntraceparent: " + trace + "\r\n"));
  EXPECT_TRUE(Next().body.ends_with(" "));
}

TEST_F(Connections, ReadsNoMoreThanItsShareOfRequests) {
  std::string many;
  for (int i = 0; i < 10; ++i) many += Get("/keep");
  EXPECT_TRUE(client_.Send(many));
  EXPECT_EQ(kept_.size(), 4u);
  EXPECT_FALSE(client_.Send(Get("/keep")));
  kept_[0].Send(Text("0"));
  EXPECT_EQ(client_.state().reads_again, 1);
  EXPECT_FALSE(client_.Send(""));  // the fifth was in the leftover
  EXPECT_EQ(kept_.size(), 5u);
}

std::string Change(std::string_view path) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}";
}

TEST_F(Connections, ARequestAfterAChangeIsBegunAfterTheAnswerToTheChange) {
  EXPECT_TRUE(client_.Send(Get("/keep") + Change("/keep") + Get("/keep") + Change("/keep")));
  ASSERT_EQ(kept_.size(), 2u);  // a change begins while earlier reading requests are under way
  EXPECT_FALSE(client_.Send(Get("/keep")));
  kept_[0].Send(Text("read"));
  EXPECT_EQ(client_.state().reads_again, 0);
  kept_[1].Send(Text("changed"));
  EXPECT_EQ(client_.state().reads_again, 1);
  EXPECT_FALSE(client_.Send(""));
  ASSERT_EQ(kept_.size(), 4u);
  kept_[3].Send(Text("last"));
  kept_[2].Send(Text("read again"));
  for (const char* body : {"read", "changed", "read again", "last"}) EXPECT_EQ(Next().body, body);
  EXPECT_TRUE(client_.Send(Get("/keep")));
}

// The connection stayed open: its input was no longer read, but the rest of the packet counted as
// under way.
TEST_F(Connections, ADrainEndsAConnectionWithRequestsAfterAChange) {
  client_.connection().Input(Change("/keep") + Get("/keep"));
  shared_->BeginDrain(In(std::chrono::milliseconds(0)));
  kept_[0].Send(Text("changed"));
  const ReadAnswer answer = Next();
  EXPECT_EQ(answer.body, "changed");
  EXPECT_EQ(answer.Value("Connection"), "close");
  EXPECT_TRUE(client_.state().ended);
  kept_.clear();
  EXPECT_EQ(shared_->under_way, 0u);
}

TEST_F(Connections, AChangeIsReadToItsEnd) {
  const std::string post = Change("/keep");
  for (const char c : post) EXPECT_TRUE(client_.Send({&c, 1}));
  EXPECT_EQ(kept_.size(), 1u);
}

// A request may have come in one packet with the change: no event announces it any more.
TEST_F(Connections, ALeftoverIsKnown) {
  client_.Send(Change("/keep") + Get("/keep"));
  EXPECT_TRUE(client_.connection().HasLeftover());
  kept_[0].Send(Text("changed"));
  client_.Send("");
  EXPECT_FALSE(client_.connection().HasLeftover());
  EXPECT_EQ(kept_.size(), 2u);
}

TEST_F(Connections, AnAnswerThatTheClientDoesNotReadCountsAsUnderWay) {
  client_.state().room = 100;
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(client_.Send(Get("/big")));
  EXPECT_EQ(client_.state().waits_to_write, 1);
  EXPECT_FALSE(client_.Send(Get("/big")));
  EXPECT_EQ(shared_->under_way, 4u);
}

TEST_F(Connections, ABlockedAnswerGoesOnWhereItStopped) {
  client_.state().room = 0;
  client_.Send(Get("/big"));
  while (!client_.connection().Pump()) client_.state().room = 777;
  EXPECT_EQ(Next().body, std::string(30000, 'x'));
  EXPECT_EQ(shared_->under_way, 0u);
}

TEST_F(Connections, AClientThatHasGoneGetsNothing) {
  client_.Send(Get("/keep"));
  client_.connection().Closed();
  kept_[0].Send(Text("late"));
  EXPECT_EQ(client_.written(), "");
}

TEST_F(Connections, AWriteThatFailsEndsTheConnection) {
  client_.state().gone = true;
  client_.Send(Get("/big"));
  EXPECT_TRUE(client_.state().shut);
  EXPECT_EQ(shared_->under_way, 0u);
}

TEST_F(Connections, AClientThatHasEndedItsSideStillGetsItsAnswer) {
  client_.Send(Get("/keep"));
  EXPECT_FALSE(client_.connection().InputEnded());
  kept_[0].Send(Text("late"));
  EXPECT_EQ(Next().body, "late");
  EXPECT_TRUE(client_.state().shut);
}

TEST_F(Connections, NothingFollowsAnAnswerThatCloses) {
  client_.Send(Get("/keep", "Connection: close\r\n") + Get("/ids"));
  client_.Send(Get("/ids"));
  kept_[0].Send(Text("last"));
  const ReadAnswer answer = Next();
  EXPECT_EQ(answer.Value("Connection"), "close");
  EXPECT_TRUE(client_.state().ended);
  EXPECT_EQ(Next().status, 0);
  client_.connection().Expire(In(hours(1)));  // it did not close: now we do
  EXPECT_TRUE(client_.state().shut);
}

TEST_F(Connections, DrainingClosesTheIdleAndAnswersTheOthersWithClose) {
  MemoryClient idle(shared_);
  client_.Send(Get("/keep"));
  shared_->draining = true;
  idle.connection().CloseIfIdle();
  client_.connection().CloseIfIdle();
  EXPECT_TRUE(idle.state().shut);
  EXPECT_FALSE(client_.closing());
  kept_[0].Send(Text("done"));
  EXPECT_EQ(Next().Value("Connection"), "close");
  EXPECT_TRUE(client_.state().ended);
}

TEST_F(Connections, OneTooManyIsTurnedAway) {
  client_.connection().TurnAway("too many connections");
  client_.Send(Get("/ids"));
  const ReadAnswer answer = Next();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.Value("Retry-After"), "1");
  EXPECT_EQ(Next().status, 0);
  EXPECT_TRUE(client_.state().ended);
}

TEST_F(Connections, TheClientOfATrustedProxyIsTheOneThatItNames) {
  ServerOptions options = SmallLimits();
  options.trusted_proxies = {"192.0.2.0/24"};
  std::string seen;
  const Handler look = [&seen](const Request& request, const Responder& out) {
    seen = request.client_address + (request.secure ? " https " : " http ") + request.host;
    out.Send({204, {}, {}});
  };
  const auto shared = std::make_shared<ServerShared>(options, Router({{"GET", "/", look}}, {""}));
  const std::string forwarded =
      "X-Forwarded-For: 203.0.113.5\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: c.example\r\n";
  MemoryClient proxy(shared, "192.0.2.1");
  proxy.Send(Get("/", forwarded));
  EXPECT_EQ(seen, "203.0.113.5 https c.example");
  MemoryClient other(shared, "198.51.100.1");
  other.Send(Get("/", forwarded));
  EXPECT_EQ(seen, "198.51.100.1 http a");
}

// Assigning an empty text kept the memory of the long one, 32 KiB for each idle connection.
TEST_F(Connections, IdleOnesKeepNoLongHead) {
  ServerOptions options;
  options.access_log = false;
  const auto shared = MakeFront(options, &kept_, big_);
  std::vector<std::unique_ptr<MemoryClient>> idle;
  const size_t before = mallinfo2().uordblks;  // always 0 with a sanitizer
  for (int i = 0; i < 100; ++i) {
    idle.push_back(std::make_unique<MemoryClient>(shared));
    idle.back()->Send(Get("/" + std::string(15000, 'a')));
  }
  EXPECT_LT(mallinfo2().uordblks, before + 100 * 8192);
}

}  // namespace
}  // namespace contacts::http
