// GET /contacts/changes as Server-Sent Events, over the whole program and a real socket.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "infra/api/stream_places.h"
#include "tests/infra/api/whole_service.h"
#include "tests/infra/http/client.h"

namespace contacts::api {
namespace {

class ChangeStreamTest : public ::testing::Test {
 protected:
  ChangeStreamTest() {
    whole_.AddUserOf(kAcme, "ada", "admin");
    whole_.AddUserOf(kAcme, "max", "member");
    ada_ = whole_.LogIn(kAcme, "ada");
    max_ = whole_.LogIn(kAcme, "max");
    EXPECT_EQ(Create("carl", "client", R"(,"company":"Wey","canLogin":true)").status, 200);
    whole_.SetPasswordOf(kAcme, "carl@x.org");
    carl_ = whole_.LogIn(kAcme, "carl@x.org");
  }
  Received Create(const std::string& name, const std::string& type, const std::string& more = "") {
    return whole_.Send("POST", "/api/contacts", {ada_},
                       R"({"fullName":")" + name + R"(","email":")" + name + R"(@x.org","type":")" +
                           type + '"' + more + "}");
  }
  std::string Now() { return whole_.Send("GET", "/user", {ada_}).Header("contacts-position"); }
  // A client that follows from now on, once the server waits for it.
  std::unique_ptr<http::Client> Follow(const http::Header& who, const std::string& more = "",
                                       const std::string& version = "1.1") {
    const size_t before = whole_.changes().waiting();
    const std::string since = Now();
    auto client = std::make_unique<http::Client>(whole_.port());
    client->Send("GET /api/contacts/changes?since=" + since + more + " HTTP/" + version +
                 "\r\nHost: x\r\nAccept: text/event-stream\r\n" + who.name + ": " + who.value +
                 "\r\n\r\n");
    EXPECT_TRUE(client->WaitFor("retry: 2000\n\n"));
    AwaitWaiting(before + 1);
    return client;
  }
  void AwaitWaiting(size_t count) {
    while (whole_.changes().waiting() != count) std::this_thread::yield();
  }

  Whole whole_;
  http::Header ada_;
  http::Header max_;
  http::Header carl_;
};

TEST_F(ChangeStreamTest, EachChangeIsAnEventWithItsPosition) {
  const auto client = Follow(max_);
  EXPECT_TRUE(client->HasReceived("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(client->HasReceived("Content-Type: text/event-stream\r\n"));
  EXPECT_TRUE(client->HasReceived("X-Accel-Buffering: no\r\n"));
  EXPECT_TRUE(client->HasReceived("Contacts-Position: "));
  for (const char* name : {"jo", "mo"}) {
    const Received created = Create(name, "vendor");
    const std::string at = created.Header("contacts-position");
    EXPECT_TRUE(client->WaitFor("id: " + at + "\ndata: {\"sequence\":" + at +
                                ",\"type\":\"ContactCreated\",\"contact\":" + created.body));
  }
}

TEST_F(ChangeStreamTest, AReconnectMissesNothing) {
  const std::string since = Now();
  const Received jo = Create("jo", "vendor");
  const Received mo = Create("mo", "vendor");
  const std::string last = jo.Header("contacts-position");
  const auto client = Follow(max_, "");
  http::Client again(whole_.port());
  again.Send(
      "GET /contacts/changes?since=" + since +
      " HTTP/1.1\r\nHost: x\r\nAccept: text/html, text/event-stream;q=0.9\r\nLast-Event-ID: " +
      last + "\r\n" + max_.name + ": " + max_.value + "\r\n\r\n");
  EXPECT_TRUE(again.WaitFor(mo.body));
  EXPECT_FALSE(again.HasReceived(jo.body)) << "the client has it";
  EXPECT_EQ(whole_
                .Send("GET", "/contacts/changes",
                      {max_, {"Accept", "text/event-stream"}, {"Last-Event-ID", "x"}})
                .status,
            400);
}

TEST_F(ChangeStreamTest, AnEndedSessionGetsNoFurtherEvent) {
  const auto client = Follow(max_);
  ASSERT_FALSE(whole_.Submit(kAcme, EndSessions{"max"}).error);
  Create("jo", "vendor");
  EXPECT_TRUE(client->WaitFor("event: end\ndata: {\"error\":\"Unauthorized\""));
  EXPECT_TRUE(client->WaitFor("\r\n0\r\n\r\n"));
  EXPECT_FALSE(client->HasReceived("jo@x.org"));
}

// Each event and comment counted as use of the session, so a stream kept it alive for ever.
TEST_F(ChangeStreamTest, DoesNotKeepItsSessionAlive) {
  const auto client = Follow(max_);
  whole_.LetSessionsAge(std::chrono::hours(13));
  ada_ = whole_.LogIn(kAcme, "ada");
  const Received seen = Create("seen", "vendor");
  EXPECT_TRUE(client->WaitFor(seen.body));
  whole_.LetSessionsAge(std::chrono::hours(13));
  ada_ = whole_.LogIn(kAcme, "ada");  // behind what the stream may have written of its session
  Create("hidden", "vendor");
  EXPECT_TRUE(client->WaitFor("event: end\ndata: {\"error\":\"Unauthorized\""));
  EXPECT_FALSE(client->HasReceived("hidden@x.org"));
}

TEST_F(ChangeStreamTest, AnotherRoleEndsIt) {
  const auto client = Follow(max_);
  ASSERT_FALSE(whole_.Submit(kAcme, ChangeUser{"max", "client", {}}).error);
  Create("jo", "internal");
  EXPECT_TRUE(client->WaitFor("event: end\ndata: {\"error\":\"Forbidden\""));
  EXPECT_FALSE(client->HasReceived("jo@x.org"));
}

TEST_F(ChangeStreamTest, AViewSeesItsOwnAndEndsWithIt) {
  const auto client = Follow(carl_);
  Create("hidden", "vendor");
  const Received seen = Create("seen", "internal");
  EXPECT_TRUE(client->WaitFor(seen.body));
  EXPECT_FALSE(client->HasReceived("hidden@"));
  EXPECT_EQ(whole_.Send("PATCH", "/contacts/1", {ada_}, R"({"company":"Other"})").status, 200);
  EXPECT_TRUE(client->WaitFor("event: end\ndata: {\"error\":\"Gone\""));
  EXPECT_TRUE(client->HasReceived(R"("code":"viewChanged","start":"/api/contacts?limit=1000")"));
}

TEST_F(ChangeStreamTest, IsClosedAtItsEndForOldClients) {
  const auto client = Follow(max_, "", "1.0");
  EXPECT_FALSE(client->HasReceived("chunked"));
  ASSERT_FALSE(whole_.Submit(kAcme, EndSessions{"max"}).error);
  Create("jo", "vendor");
  EXPECT_TRUE(client->WaitForEnd());
  EXPECT_TRUE(client->HasReceived("event: end\n"));
}

TEST_F(ChangeStreamTest, HeadHasNoBodyAndBeginsNothing) {
  const Received head =
      whole_.Send("HEAD", "/contacts/changes", {max_, {"Accept", "text/event-stream"}});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.Header("content-type"), "text/event-stream");
  EXPECT_EQ(whole_.changes().waiting(), 0u);
}

TEST_F(ChangeStreamTest, AClientThatGoesEndsItsWait) {
  auto client = Follow(max_);
  auto other = Follow(ada_);
  client.reset();
  AwaitWaiting(1);
  const Received created = Create("jo", "vendor");
  EXPECT_TRUE(other->WaitFor(created.body));
}

TEST_F(ChangeStreamTest, ManyChangesComeInOrderToASlowReader) {
  const std::string since = Now();
  std::vector<std::string> positions;
  for (int i = 0; i < 150; ++i) {
    const Received created = Create("n" + std::to_string(i), "vendor",
                                    R"(,"metadata":{"a":")" + std::string(4000, 'x') + "\"}");
    positions.push_back(created.Header("contacts-position"));
  }
  http::Client client(whole_.port(), /*receive_buffer=*/4096);
  client.Send("GET /contacts/changes?since=" + since +
              " HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n" + ada_.name + ": " +
              ada_.value + "\r\n\r\n");
  EXPECT_TRUE(client.WaitFor("id: " + positions.back() + "\ndata: "));
  size_t at = 0;
  for (const std::string& position : positions) {
    const size_t found = client.received().find("id: " + position + "\ndata: ", at);
    ASSERT_NE(found, std::string::npos) << position;
    at = found;
  }
}

TEST_F(ChangeStreamTest, TheServersEndIsTheLastEvent) {
  const auto client = Follow(max_);
  whole_.Drain();
  EXPECT_TRUE(client->WaitFor("event: end\ndata: {\"error\":\"Service Unavailable\""));
  EXPECT_TRUE(client->WaitFor("\r\n0\r\n\r\n"));
}

// A stream went on the thread that told it of a change, while the service that it was of ended.
TEST(StreamPlaces, APlaceMayOutliveThem) {
  auto places = std::make_unique<StreamPlaces>();
  auto place = places->Take(kAcme, "1");
  ASSERT_NE(place, nullptr);
  places.reset();
  place.reset();
}

TEST(StreamPlaces, AreBoundedPerUserAndGivenBack) {
  StreamPlaces places;
  std::vector<std::shared_ptr<void>> taken;
  for (size_t i = 0; i < StreamPlaces::kOfAUser; ++i) {
    taken.push_back(places.Take(kAcme, "1"));
    ASSERT_NE(taken.back(), nullptr);
  }
  EXPECT_EQ(places.Take(kAcme, "1"), nullptr);
  EXPECT_NE(places.Take(kAcme, "2"), nullptr);
  EXPECT_NE(places.Take(kOther, "1"), nullptr);
  taken.pop_back();
  EXPECT_NE(places.Take(kAcme, "1"), nullptr);
}

TEST(StreamPlaces, AreBoundedPerTenant) {
  StreamPlaces places;
  std::vector<std::shared_ptr<void>> taken;
  for (size_t i = 0; i < StreamPlaces::kOfATenant; ++i) {
    taken.push_back(places.Take(kAcme, std::to_string(i)));
    ASSERT_NE(taken.back(), nullptr);
  }
  EXPECT_EQ(places.Take(kAcme, "one more"), nullptr);
  EXPECT_NE(places.Take(kOther, "1"), nullptr);
  taken.clear();
  EXPECT_NE(places.Take(kAcme, "one more"), nullptr);
}

}  // namespace
}  // namespace contacts::api
