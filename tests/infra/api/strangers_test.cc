// Tests what a caller without a session can learn and make the service do.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "events/events.h"
#include "tests/infra/api/scripted_service.h"
#include "tests/support/acme.h"

namespace contacts::api {
namespace {

class StrangersTest : public ::testing::Test {
 protected:
  StrangersTest() {
    service_.past.Then(kAcme, UserAdded{UserId{"1"}, "jo", "admin", std::nullopt});
    service_.past.Then(kAcme, InvitationIssued{UserId{"1"}, Sha256("good"), Timestamp{INT64_MAX}});
  }
  static std::string Link(const std::string& tenant, const std::string& user) {
    return R"({"token":"cin_)" + tenant + "_" + user + "_" + std::string(64, '0') +
           R"(","password":"long enough"})";
  }

  ScriptedService service_;
};

// Bad links were commands of the tenant that they named: a flood of them took all the places of its
// writers, which got 429.
TEST_F(StrangersTest, ALinkThatDoesNotFitMakesNoCommand) {
  for (const std::string& body : {Link("acme", "1"), Link("acme", "9"), Link("nosuchtenant", "1"),
                                  std::string(R"({"token":"x","password":"long enough"})")}) {
    EXPECT_EQ(service_.Post("/api/activate", body).status, 404) << body;
  }
  EXPECT_TRUE(service_.commands.submitted().empty());
}

TEST_F(StrangersTest, ALinkThatDoesNotFitHasTheSameCostAndAnswerWhateverItNames) {
  std::vector<int> reads;
  std::vector<std::string> bodies;
  for (const std::string& body :
       {Link("acme", "1"), Link("acme", "9"), Link("nosuchtenant", "1"),
        std::string(R"({"token":"no link at all","password":"long enough"})")}) {
    const int before = service_.views.reads;
    const Received received = service_.Post("/api/activate", body);
    reads.push_back(service_.views.reads - before);
    bodies.push_back(std::to_string(received.status) + received.body);
    EXPECT_EQ(received.Header("contacts-position"), "");
  }
  for (const int count : reads) EXPECT_EQ(count, reads[0]);
  for (const std::string& body : bodies) EXPECT_EQ(body, bodies[0]);
}

// Only its operator and its users see why a partition cannot answer.
TEST_F(StrangersTest, TheyDoNotSeeTheCauseOfAFault) {
  service_.unready = Error{ErrorCode::kUnavailable, "the log was cut at 17", {}, 30};
  const std::string login = R"({"username":"jo","password":"jojo","tenant":"acme"})";
  for (const Received& received :
       {service_.Post("/api/login", login), service_.Post("/api/activate", Link("acme", "1"))}) {
    EXPECT_EQ(received.status, 503);
    EXPECT_EQ(received.body.find("17"), std::string::npos) << received.body;
    EXPECT_EQ(received.Header("retry-after"), "30");
  }
  EXPECT_NE(service_.Get("/api/user", {kAdmin}).body.find("cut at 17"), std::string::npos);
}

// Tokens of the partition are not in the read models yet: each was called invalid.
TEST_F(StrangersTest, ATokenOfAPartitionThatWasNotReadIsNotCalledInvalid) {
  const auto ask = [&](const std::string& token) {
    return service_.Get("/api/contacts", {{"Authorization", "Bearer " + token}});
  };
  const std::string unknown = "ctk_acme_0123456789abcdef_" + std::string(64, '0');
  EXPECT_EQ(ask(unknown).status, 401);
  service_.unready = Error{ErrorCode::kUnavailable, "the log was cut at 17", {}, 30};
  const Received received = ask(unknown);
  EXPECT_EQ(received.status, 503);
  EXPECT_EQ(received.body.find("17"), std::string::npos) << received.body;
  EXPECT_EQ(received.Header("retry-after"), "30");
  EXPECT_EQ(ask("no token at all").status, 401);
}

}  // namespace
}  // namespace contacts::api
