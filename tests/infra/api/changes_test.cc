// GET /contacts/changes over the whole program: reading the delta, and waiting for the first
// change.
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/infra/api/changes_route.h"
#include "tests/infra/http/client.h"

namespace contacts::api {
namespace {

TEST_F(ChangesRouteTest, ACopyGoesOnWithWhatChanged) {
  const std::string since = whole_.Send("GET", "/api/contacts", {ada_}).Header("contacts-position");
  const Received created = Create("jo", "vendor");
  const Received changes = Get(ada_, "?since=" + since);
  ASSERT_EQ(changes.status, 200) << changes.body;
  const std::string at = created.Header("contacts-position");
  EXPECT_EQ(changes.body, R"({"changes":[{"sequence":)" + at +
                              R"(,"type":"ContactCreated","contact":)" + created.body +
                              R"(,"actor":{"id":"1","name":"ada"},"reason":null}],"next":")" + at +
                              R"(","more":false,"view":")" + Member(changes, "view") + "\"}");
  EXPECT_EQ(changes.Header("contacts-position"), at);
  EXPECT_EQ(changes.Header("cache-control"), "no-store");
  const Received none = Get(ada_, "?since=" + at + "&view=" + Member(changes, "view"));
  EXPECT_TRUE(none.body.starts_with(R"({"changes":[],"next":")" + at)) << none.body;
}

TEST_F(ChangesRouteTest, TheDeltaFromTheBeginningComesInPieces) {
  Create("jo", "vendor");
  const Received first = Get(ada_, "?limit=1");
  EXPECT_NE(first.body.find("carl@"), std::string::npos);
  EXPECT_NE(first.body.find(R"("more":true)"), std::string::npos);
  const Received second = Get(ada_, "?limit=1000&since=" + Member(first, "next"));
  EXPECT_EQ(second.body.find("carl@"), std::string::npos);
  EXPECT_NE(second.body.find("jo@"), std::string::npos);
  EXPECT_NE(second.body.find(R"("more":false)"), std::string::npos);
}

TEST_F(ChangesRouteTest, AStretchTooLongForTheFrontIsReadWhole) {
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(Create("c" + std::to_string(i), "vendor").status, 200);
  }
  const Received all = Get(ada_);
  EXPECT_NE(all.body.find("c99@"), std::string::npos);
  EXPECT_NE(all.body.find(R"("more":false)"), std::string::npos);
  EXPECT_NE(Get(carl_).body.find(R"("more":false)"), std::string::npos);
}

TEST_F(ChangesRouteTest, WaitingEndsWithTheFirstChangeThatTheCallerSees) {
  auto ada = Wait(ada_);
  auto carl = Wait(carl_);
  const auto judged = whole_.changes().judged();
  ASSERT_EQ(Create("jo", "vendor").status, 200);
  EXPECT_NE(ada.get().body.find("jo@"), std::string::npos);
  AwaitJudged(judged + 2);
  EXPECT_EQ(whole_.changes().woken(), 1u);
  EXPECT_EQ(whole_.changes().waiting(), 1u);
  ASSERT_EQ(Create("kim", "client", R"(,"company":"Wey")").status, 200);
  const Received seen = carl.get();
  EXPECT_EQ(seen.status, 200);
  EXPECT_NE(seen.body.find("kim@"), std::string::npos);
  EXPECT_EQ(seen.body.find("jo@"), std::string::npos);
  EXPECT_EQ(whole_.changes().judged(), judged + 3);
}

TEST_F(ChangesRouteTest, RefusalsAndSessionsWakeNobody) {
  auto first = Wait(ada_);
  auto second = Wait(ada_);
  const Received refused = Create("carl", "vendor");
  ASSERT_EQ(refused.status, 409);
  ASSERT_FALSE(whole_.Submit(kAcme, EndSessions{"carl@example.com"}).error);
  const Received created = Create("jo", "vendor");
  EXPECT_EQ(first.get().status, 200);
  EXPECT_EQ(second.get().status, 200);
  EXPECT_EQ(whole_.changes().judged(), 1u);
  EXPECT_EQ(whole_.changes().woken(), 2u);
}

TEST_F(ChangesRouteTest, WhoLoggedOutWhileHeWaitedGetsNothing) {
  auto carl = Wait(carl_);
  ASSERT_EQ(whole_.Send("POST", "/api/logout", {carl_}).status, 204);
  ASSERT_EQ(Create("kim", "internal").status, 200);
  const Received answer = carl.get();
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.body.find("kim@"), std::string::npos);
}

TEST_F(ChangesRouteTest, WhoWasErasedWhileHeWaitedGetsNothing) {
  auto carl = Wait(carl_);
  ASSERT_EQ(whole_.Send("POST", "/api/contacts/1/erasure", {ada_}, R"({"ground":"b"})").status,
            200);
  EXPECT_EQ(carl.get().status, 401);
}

TEST_F(ChangesRouteTest, AViewThatChangesDuringTheWaitIsSaidIfTheClientNamedIt) {
  const std::string view = Member(Get(carl_), "view");
  auto named = Wait(carl_, "&view=" + view);
  auto unnamed = Wait(carl_);
  ASSERT_EQ(Change(1, R"({"company":"Other"})").status, 200);
  const Received gone = named.get();
  EXPECT_EQ(gone.status, 410);
  EXPECT_NE(gone.body.find(R"("code":"viewChanged")"), std::string::npos);
  const Received other = unnamed.get();
  EXPECT_EQ(other.status, 200);
  EXPECT_NE(Member(other, "view"), view);
  EXPECT_NE(other.body.find("carl@"), std::string::npos);
  EXPECT_EQ(Get(carl_, "?view=" + view).status, 410);
}

TEST_F(ChangesRouteTest, TheEndOfTheTimeIsAnEmptyAnswerWithTheNewestPosition) {
  const std::string since = Now();
  const auto begun = std::chrono::steady_clock::now();
  auto answer = std::async(std::launch::async, [&] {
    return Get(carl_, "?wait=30&since=" + since, {{"Prefer", "wait=1"}});
  });
  AwaitWaiting(1);
  const std::string newest = Create("jo", "vendor").Header("contacts-position");
  const Received none = answer.get();
  EXPECT_EQ(none.status, 200);
  EXPECT_TRUE(none.body.starts_with(R"({"changes":[],"next":")" + newest)) << none.body;
  EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::seconds(1));
}

TEST_F(ChangesRouteTest, AClientThatHasGoneWaitsNoMore) {
  const auto begun = std::chrono::steady_clock::now();
  {
    Client client(whole_.port());
    client.Begin("GET", "/api/contacts/changes?since=" + Now() + kWaits, {ada_});
    AwaitWaiting(1);
    client.Reset();
  }
  AwaitWaiting(0);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(25));  // not its time
  EXPECT_EQ(whole_.changes().woken(), 0u);
}

// A client that closes its connection in order is seen to end its side and no more. It kept its
// place until its time was over.
TEST_F(ChangesRouteTest, AClientThatHasEndedItsSideIsAnsweredAtOnce) {
  const auto begun = std::chrono::steady_clock::now();
  const std::string since = Now();
  const std::string request = "GET /api/contacts/changes?since=" + since + kWaits +
                              " HTTP/1.1\r\nHost: x\r\n" + ada_.name + ": " + ada_.value +
                              "\r\n\r\n";
  for (const bool while_it_waits : {true, false}) {
    http::Client client(whole_.port());
    client.Send(request);
    if (while_it_waits) AwaitWaiting(1);
    client.EndWriting();
    const auto answer = client.Answer();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_TRUE(answer->body.starts_with(R"({"changes":[],"next":")" + since)) << answer->body;
    EXPECT_TRUE(client.WaitForEnd());
  }
  {
    http::Client client(whole_.port());
    client.Send(request + request);  // the second waits behind the first, unread
    AwaitWaiting(1);
  }
  AwaitWaiting(0);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(25));  // not its time
  EXPECT_EQ(whole_.changes().woken(), 0u);
}

TEST_F(ChangesRouteTest, AFaultyParameterIsNamed) {
  const auto expect_fault = [&](const std::string& query, const std::string& name) {
    const Received refused = Get(ada_, query);
    EXPECT_EQ(refused.status, 400) << query;
    EXPECT_NE(refused.body.find("parameter " + name), std::string::npos) << refused.body;
  };
  expect_fault("?since=x", "since");
  expect_fault("?limit=0", "limit");
  expect_fault("?limit=1001", "limit");
  expect_fault("?wait=31", "wait");
  expect_fault("?since=1&wait=-1", "wait");
  expect_fault("?view=", "view");
  expect_fault("?view=0123456789ABCDEF", "view");
  EXPECT_EQ(Get(ada_, "?asOf=1").status, 400);
  EXPECT_EQ(Get(ada_, "", {{"Prefer", "wait=31"}}).status, 400);
}

TEST_F(ChangesRouteTest, APositionThatTheHistoryDoesNotHaveIsRefused) {
  const Received lost = Get(ada_, "?since=2.1");
  EXPECT_EQ(lost.status, 410);
  EXPECT_NE(lost.body.find(R"("code":"unknownPosition")"), std::string::npos);
  EXPECT_EQ(Get(ada_, "?since=999&wait=0").status, 503);
  EXPECT_EQ(Get({"Cookie", "none"}).status, 401);
}

class FewWaits : public ChangesRouteTest {
 protected:
  FewWaits() : ChangesRouteTest({.of_a_tenant = 1}) {}
};

TEST_F(FewWaits, FurtherOnesAreToldWhenToTryAgain) {
  auto first = Wait(ada_);
  const Received refused = Get(ada_, "?since=" + Now() + kWaits);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.Header("retry-after"), "1");
  ASSERT_EQ(Create("jo", "vendor").status, 200);
  EXPECT_EQ(first.get().status, 200);
}

}  // namespace
}  // namespace contacts::api
