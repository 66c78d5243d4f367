// The checks, and nothing else, make readiness.
#include "infra/ops/readiness.h"

#include <gtest/gtest.h>

#include <string>

#include "infra/base/what_to_do.h"

namespace contacts::testing {
namespace {

using Weight = HealthCheck::Weight;

std::string BodyOf(const http::Response& response) {
  std::string body;
  for (const http::Chunk& chunk : response.body) body += *chunk;
  return body;
}

// The checks of an instance with this status, and two others.
struct Checked {
  explicit Checked(InstanceStatus now) : status(std::move(now)) {
    AddInstanceChecks([this] { return status; }, &health);
    health.Add({"kafka", Weight::kNotReady, [this] { return kafka; }});
    health.Add({"clock", Weight::kWarning, [this] { return clock; }});
  }
  http::Response Answer() const { return ReadinessAnswer(health.Ask(), status); }

  InstanceStatus status;
  std::string kafka;
  std::string clock;
  Health health;
};

InstanceStatus Up() {
  InstanceStatus status;
  status.caught_up = true;
  return status;
}

TEST(Readiness, NothingIsWrong) {
  const Checked checked(Up());
  EXPECT_EQ(checked.Answer().status, 200);
  EXPECT_EQ(BodyOf(checked.Answer()),
            "{\"status\":\"ready\",\"parked\":[],\"closed\":[],\"warnings\":[]}\n");
}

TEST(Readiness, EveryReasonIsListedAndTheFirstIsTheMessage) {
  InstanceStatus status;
  status.entries_left = 12;
  Checked checked(status);
  checked.kafka = "no broker answers";
  checked.clock = "two seconds late";
  EXPECT_EQ(checked.Answer().status, 503);
  EXPECT_EQ(BodyOf(checked.Answer()),
            "{\"error\":\"Service Unavailable\","
            "\"message\":\"Catching up with the log: 12 entries are left.\",\"reasons\":["
            "{\"part\":\"catch-up\",\"why\":\"Catching up with the log: 12 entries are "
            "left.\",\"next\":\"" +
                WhatToDo("catch-up", "", "") +
                "\"},{\"part\":\"kafka\",\"why\":\"no broker answers\",\"next\":\"" +
                WhatToDo("kafka", "", "") + "\"}]}\n");
  EXPECT_FALSE(checked.health.IsFine("kafka"));
  EXPECT_TRUE(checked.health.IsFine("writes"));
}

TEST(Readiness, AFaultAndTroubleAreReasons) {
  Checked checked(Up());
  checked.status.fault = "the log is another one";
  EXPECT_EQ(checked.Answer().status, 503);
  checked.status.fault.clear();
  checked.status.trouble = "the log takes no records now";
  EXPECT_NE(BodyOf(checked.Answer()).find("{\"part\":\"writes\""), std::string::npos);
}

TEST(Readiness, ParkedAndClosedTenantsAreNamedInAWarning) {
  Checked checked(Up());
  checked.status.parked = {21, {"acme", "b"}};
  checked.status.closed = {1, {"shut"}};
  checked.clock = "two seconds late";
  EXPECT_EQ(checked.Answer().status, 200);
  const std::string body = BodyOf(checked.Answer());
  EXPECT_NE(body.find(R"("parked":["acme","b"],"closed":["shut"],"warnings":[{"part":"tenants")"),
            std::string::npos)
      << body;
  EXPECT_NE(body.find("21 tenants (acme, b, …) parked"), std::string::npos) << body;
  EXPECT_NE(body.find("1 tenant (shut) closed"), std::string::npos) << body;
  EXPECT_NE(body.find(R"({"part":"clock","why":"two seconds late","next":"Set)"), std::string::npos)
      << body;
  EXPECT_FALSE(checked.health.IsFine("tenants"));
}

}  // namespace
}  // namespace contacts::testing
