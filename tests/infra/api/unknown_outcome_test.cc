// Each way in which a write gets 503, and the key to try again with: the key under which it may
// have happened or may still happen; else the client's, or a new one.
#include <gtest/gtest.h>

#include "tests/infra/api/scripted_service.h"

namespace contacts::api {
namespace {

constexpr const char* kBody = R"({"fullName":"Jo","email":"jo@x.org","type":"client"})";
const http::Header kMine{"Idempotency-Key", "mine"};

Answer Failed(ErrorCode code, const std::string& key = "") {
  return Failure({code, "why", {}, 3, key});
}

class UnknownOutcomeTest : public ::testing::Test {
 protected:
  Received Create(std::vector<http::Header> more = {}) {
    more.push_back(kAdmin);
    return service_.Post("/api/contacts", kBody, std::move(more));
  }
  void ExpectNewKeys() {
    const std::string key = Create().Header("idempotency-key");
    EXPECT_EQ(key.size(), 32u);
    EXPECT_NE(Create().Header("idempotency-key"), key);
  }
  ScriptedService service_;
};

TEST_F(UnknownOutcomeTest, AnUnknownOutcomeNamesItsKey) {
  service_.commands.AnswerWith(
      [](const Command&) { return Failed(ErrorCode::kUnknownOutcome, "attempt.1.a"); });
  const Received received = Create();
  EXPECT_EQ(received.status, 503);
  EXPECT_EQ(received.Header("idempotency-key"), "attempt.1.a");
  EXPECT_EQ(received.Header("retry-after"), "3");
}

// The store failed: the command was given up, and the tenant's position cannot be read either.
TEST_F(UnknownOutcomeTest, ItNamesItsKeyAlsoWhenTheReadModelsCannotBeRead) {
  service_.commands.AnswerWith([this](const Command&) {
    service_.views.fails = true;
    return Failed(ErrorCode::kUnknownOutcome, "attempt.1.a");
  });
  const Received received = Create();
  EXPECT_EQ(received.status, 503);
  EXPECT_EQ(received.Header("idempotency-key"), "attempt.1.a") << received.body;
}

TEST_F(UnknownOutcomeTest, ARefusalBeforeTheCommandGivesAClientsKeyBack) {
  service_.unready = Error{ErrorCode::kUnavailable, "the partition stands still", {}, 30};
  EXPECT_EQ(Create({kMine}).Header("idempotency-key"), "mine");
  ExpectNewKeys();
}

TEST_F(UnknownOutcomeTest, AnInstanceThatCatchesUpGivesAClientsKeyBack) {
  service_.caught_up = false;
  const Received received = Create({kMine});
  EXPECT_EQ(received.status, 503);
  EXPECT_EQ(received.Header("idempotency-key"), "mine");
}

TEST_F(UnknownOutcomeTest, ACommandThatWasNotTakenGivesAClientsKeyBack) {
  service_.commands.AnswerWith(
      [](const Command& command) { return NotTaken(command, "this instance is stopping", 1); });
  EXPECT_EQ(Create({kMine}).Header("idempotency-key"), "mine");
  ExpectNewKeys();
}

TEST_F(UnknownOutcomeTest, AReadNeverNamesAKey) {
  service_.caught_up = false;
  const Received received = service_.Get("/api/contacts", {kAdmin, kMine});
  EXPECT_EQ(received.status, 503);
  EXPECT_EQ(received.Header("idempotency-key"), "");
}

}  // namespace
}  // namespace contacts::api
