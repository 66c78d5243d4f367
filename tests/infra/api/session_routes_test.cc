#include <gtest/gtest.h>

#include <string>

#include "infra/api/openapi.h"
#include "tests/infra/api/scripted_service.h"

namespace contacts::api {
namespace {

class SessionRoutesTest : public ::testing::Test {
 protected:
  Received LogIn(const std::string& body, std::vector<http::Header> headers = {}) {
    return service_.Post("/api/login", body, std::move(headers));
  }

  ScriptedService service_;
};

TEST_F(SessionRoutesTest, ALogInAnswersTheUserAndTheCookie) {
  service_.past.Then(TenantId{"acme"}, UserAdded{UserId{"7"}, "jo", "client", std::nullopt});
  const Received received = LogIn(R"({"username":"jo","password":"jojo","tenant":"acme"})");
  EXPECT_EQ(received.status, 200);
  EXPECT_EQ(received.body,
            R"({"id":"7","username":"jo","role":"client","tenantId":"acme","contactId":3})");
  EXPECT_EQ(received.Header("set-cookie"), "connect.sid=jo");
  EXPECT_EQ(received.Header("contacts-position"), "1");
  EXPECT_EQ(received.Header("cache-control"), "no-store");
}

TEST_F(SessionRoutesTest, AWrongPasswordIsA401) {
  const Received received = LogIn(R"({"username":"jo","password":"x","tenant":"acme"})");
  EXPECT_EQ(received.status, 401);
  EXPECT_EQ(received.Header("set-cookie"), "");
}

TEST_F(SessionRoutesTest, TheTenantIsNeededWhereThereIsNoDefault) {
  const Received received = LogIn(R"({"username":"jo","password":"jojo"})");
  EXPECT_EQ(received.status, 400);
  EXPECT_NE(received.body.find("\"/tenant\""), std::string::npos);
  ScriptedService with_default(TenantId{"demo"});
  EXPECT_NE(with_default.Post("/api/login", R"({"username":"jo","password":"jojo"})")
                .body.find(R"("tenantId":"demo")"),
            std::string::npos);
  EXPECT_NE(
      with_default.Post("/api/login", R"({"username":"jo","password":"jojo","tenant":"acme"})")
          .body.find(R"("tenantId":"acme")"),
      std::string::npos);
}

TEST_F(SessionRoutesTest, EachFaultOfALogInIsNamed) {
  const Received received = LogIn(R"({"username":"","tenant":"a b","pass":1})");
  EXPECT_EQ(received.status, 400);
  for (const char* path : {"/username", "/password", "/tenant", "/pass"}) {
    EXPECT_NE(received.body.find("\"path\":\"" + std::string(path) + "\""), std::string::npos)
        << received.body;
  }
  EXPECT_EQ(LogIn("{}", {{"Content-Type", "text/plain"}}).status, 415);
}

TEST_F(SessionRoutesTest, ALogOutClearsTheCookie) {
  for (const char* body : {"", "{}"}) {
    const Received received = service_.Post("/api/logout", body, {kAdmin});
    EXPECT_EQ(received.status, 204);
    EXPECT_EQ(received.Header("set-cookie"), "connect.sid=; Max-Age=0");
  }
  EXPECT_EQ(service_.Post("/api/logout", R"({"all":true})", {kAdmin}).status, 400);
}

TEST_F(SessionRoutesTest, TheUserIsShown) {
  EXPECT_EQ(service_.Get("/api/user", {{"Cookie", "client:42"}}).body,
            R"({"id":"7","username":"jane","role":"client","tenantId":"acme","contactId":42})");
  const Received received = service_.Get("/user", {kAdmin});
  EXPECT_EQ(received.body,
            R"({"id":"7","username":"jane","role":"admin","tenantId":"acme","contactId":null})");
  EXPECT_EQ(received.Header("contacts-position"), "0");
}

TEST_F(SessionRoutesTest, TheContractIsPublished) {
  const Received received = service_.Get("/api/openapi.json");
  EXPECT_EQ(received.status, 200);
  EXPECT_EQ(received.body, OpenApiDocument());
  EXPECT_EQ(service_.Get("/openapi.json", {{"If-None-Match", received.Header("etag")}}).status,
            304);
}

TEST_F(SessionRoutesTest, AWrongMethodIsA405AndAnUnknownPathA404) {
  const Received received = service_.Connect()->Send("DELETE", "/api/contacts", {kAdmin});
  EXPECT_EQ(received.status, 405);
  EXPECT_NE(received.Header("allow").find("POST"), std::string::npos);
  EXPECT_EQ(service_.Get("/api/nothing", {kAdmin}).status, 404);
}

}  // namespace
}  // namespace contacts::api
