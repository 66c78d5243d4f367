// Waiting for a position, and for the first catch-up.
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>

#include "tests/infra/api/scripted_service.h"
#include "tests/support/acme.h"

namespace contacts::api {
namespace {

using std::chrono::seconds;

const http::Header kAtLeast2{"Contacts-Min-Position", "2"};

class PositionTest : public ::testing::Test {
 protected:
  PositionTest() { service_.past.Then(kAcme, User("1")); }

  static UserAdded User(const std::string& id) {
    return {UserId{id}, "user " + id, "admin", std::nullopt};
  }
  // Sends the request from a thread of its own, because it will wait.
  std::future<Received> Start(const std::string& method, const std::string& target,
                              std::vector<http::Header> headers, const std::string& body = "") {
    return std::async(std::launch::async, [=, this] {
      return method == "GET" ? service_.Get(target, headers) : service_.Post(target, body, headers);
    });
  }

  ScriptedService service_{std::nullopt, Sequence{1}};
};

TEST_F(PositionTest, ARequestForAReachedPositionDoesNotWait) {
  const Received received = service_.Get("/api/contacts", {kAdmin, {"Contacts-Min-Position", "1"}});
  EXPECT_EQ(received.status, 200);
  EXPECT_EQ(received.Header("contacts-position"), "1");
}

TEST_F(PositionTest, TheAnswerComesWhenThePositionIsReached) {
  auto answer = Start("GET", "/api/contacts", {kAdmin, kAtLeast2});
  const auto before = Positions::Clock::now();
  const auto waiting = service_.positions.Take();
  EXPECT_EQ(waiting.tenant, kAcme);
  EXPECT_EQ(waiting.position, Position{Sequence{2}});
  EXPECT_LE(waiting.deadline, Positions::Clock::now() + seconds(2));
  EXPECT_GT(waiting.deadline, before + seconds(1));
  service_.past.Then(kAcme, User("2"));
  waiting.then(Positions::Outcome::kReached);
  const Received received = answer.get();
  EXPECT_EQ(received.status, 200);
  EXPECT_EQ(received.Header("contacts-position"), "2");
}

TEST_F(PositionTest, ARequestWaitsAsLongAsPreferSays) {
  auto answer = Start("GET", "/api/user", {kAdmin, kAtLeast2, {"Prefer", "wait=30"}});
  const auto waiting = service_.positions.Take();
  EXPECT_GT(waiting.deadline, Positions::Clock::now() + seconds(25));
  waiting.then(Positions::Outcome::kReached);
  EXPECT_EQ(answer.get().status, 200);
}

TEST_F(PositionTest, APositionThatIsNotReachedInTimeIsA503) {
  auto answer = Start("GET", "/api/contacts", {kAdmin, kAtLeast2});
  service_.positions.Take().then(Positions::Outcome::kTimedOut);
  const Received received = answer.get();
  EXPECT_EQ(received.status, 503);
  EXPECT_EQ(received.Header("retry-after"), "1");
  EXPECT_EQ(received.Header("contacts-position"), "1");
  EXPECT_EQ(received.body, R"({"error":"Service Unavailable","message":"Tenant acme stands at 1 )"
                           R"(on this instance, not yet at 2"})");
}

// The record that it waited for may have taken the right away.
TEST_F(PositionTest, ARequestThatWaitedIsJudgedByTheSessionAsItIsThen) {
  auto answer = Start("POST", "/api/contacts", {kAdmin, kAtLeast2}, "{}");
  const auto waiting = service_.positions.Take();
  service_.sessions().all_ended = true;
  waiting.then(Positions::Outcome::kReached);
  EXPECT_EQ(answer.get().status, 401);
  EXPECT_TRUE(service_.commands.submitted().empty());
}

TEST_F(PositionTest, APositionThatTheHistoryDoesNotHaveIsNamed) {
  auto answer = Start("GET", "/api/contacts", {kAdmin, {"Contacts-Min-Position", "3.2"}});
  const auto waiting = service_.positions.Take();
  EXPECT_EQ(waiting.position, (Position{Sequence{2}, 3}));
  waiting.then(Positions::Outcome::kUnknown);
  const Received received = answer.get();
  EXPECT_EQ(received.status, 410);
  EXPECT_EQ(received.Header("contacts-position"), "1");
  EXPECT_EQ(received.body,
            R"({"error":"Gone","message":"The position 3.2 is not in the history of this tenant: )"
            R"(the log was put back from an older copy, or it is another log. Tenant acme stands )"
            R"(at 1 on this instance; read again without the position","code":"unknownPosition"})");
}

TEST_F(PositionTest, ACommandWaitsToo) {
  auto answer = Start("POST", "/api/contacts", {kAdmin, kAtLeast2}, "{}");
  const auto waiting = service_.positions.Take();
  EXPECT_TRUE(service_.commands.submitted().empty());
  waiting.then(Positions::Outcome::kTimedOut);
  EXPECT_EQ(answer.get().status, 503);
  EXPECT_TRUE(service_.commands.submitted().empty());
}

TEST_F(PositionTest, ALogInWaitsForTheTenantThatItNames) {
  auto answer = Start("POST", "/api/login", {kAtLeast2},
                      R"({"username":"jo","password":"jojo","tenant":"other"})");
  const auto waiting = service_.positions.Take();
  EXPECT_EQ(waiting.tenant, TenantId{"other"});
  waiting.then(Positions::Outcome::kReached);
  EXPECT_EQ(answer.get().status, 200);
}

// Anyone could learn which tenants exist and the position of each, and occupy memory with requests
// that wait.
TEST_F(PositionTest, ALogInWithAWrongPasswordDoesNotWait) {
  for (const char* tenant : {"acme", "nosuchtenant"}) {
    for (const char* position : {"1", "2", "999999999999999"}) {
      const Received received = service_.Post(
          "/api/login",
          R"({"username":"jo","password":"wrong","tenant":")" + std::string(tenant) + "\"}",
          {{"Contacts-Min-Position", position}, {"Prefer", "wait=30"}});
      EXPECT_EQ(received.status, 401) << tenant << position;
      EXPECT_EQ(received.Header("contacts-position"), "");
    }
  }
  EXPECT_FALSE(service_.positions.somebody_waits());
}

TEST_F(PositionTest, ALogInThatWaitedInVainGetsItsTenantsPosition) {
  auto answer = Start("POST", "/api/login", {kAtLeast2},
                      R"({"username":"jo","password":"jojo","tenant":"acme"})");
  service_.positions.Take().then(Positions::Outcome::kTimedOut);
  const Received received = answer.get();
  EXPECT_EQ(received.status, 503);
  EXPECT_EQ(received.Header("set-cookie"), "");
  EXPECT_NE(received.body.find("stands at 1 on this instance"), std::string::npos);
}

TEST_F(PositionTest, TooManyThatWaitAreA503) {
  auto answer = Start("GET", "/api/contacts", {kAdmin, kAtLeast2});
  service_.positions.Take().then(Positions::Outcome::kTooMany);
  const Received received = answer.get();
  EXPECT_EQ(received.status, 503);
  EXPECT_EQ(received.Header("retry-after"), "1");
}

// Requests whose clients had gone continued to wait, and no limit counted them.
TEST_F(PositionTest, AWaitEndsWithItsConnection) {
  const auto client = service_.Connect();
  client->Begin("GET", "/api/contacts", {kAdmin, kAtLeast2, {"Prefer", "wait=30"}});
  const auto waiting = service_.positions.Take();
  client->Reset();
  service_.positions.AwaitCancelled(1);
}

TEST_F(PositionTest, AMalformedPositionIsRefused) {
  for (const char* value : {"-1", "x", "1.5"}) {
    EXPECT_EQ(service_.Get("/api/contacts", {kAdmin, {"Contacts-Min-Position", value}}).status, 400)
        << value;
  }
  EXPECT_EQ(service_.Get("/api/contacts", {kAdmin, kAtLeast2, {"Prefer", "wait=31"}}).status, 400);
}

TEST_F(PositionTest, DuringTheFirstCatchUpA503ShowsTheProgress) {
  service_.caught_up = false;
  const std::string login = R"({"username":"jo","password":"jojo","tenant":"acme"})";
  for (const Received& received :
       {service_.Get("/api/contacts", {kAdmin}), service_.Get("/api/contacts/mentions", {kAdmin}),
        service_.Get("/api/user", {kAdmin}), service_.Post("/api/contacts", "{}", {kAdmin}),
        service_.Post("/api/login", login)}) {
    EXPECT_EQ(received.status, 503);
    EXPECT_EQ(received.Header("retry-after"), "1");
    EXPECT_NE(received.body.find("1234 entries"), std::string::npos) << received.body;
  }
  EXPECT_EQ(service_.Get("/api/openapi.json").status, 200);
  EXPECT_EQ(service_.Post("/api/logout", "").status, 204);
  service_.caught_up = true;
  EXPECT_EQ(service_.Get("/api/contacts", {kAdmin}).status, 200);
  service_.caught_up = false;  // the first catch-up is over, so the status is not asked again
  EXPECT_EQ(service_.Get("/api/contacts", {kAdmin}).status, 200);
}

}  // namespace
}  // namespace contacts::api
