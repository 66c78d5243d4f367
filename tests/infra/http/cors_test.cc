#include "infra/http/cors.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "infra/http/router.h"
#include "tests/infra/http/client.h"
#include "tests/infra/http/echo_front.h"
#include "tests/infra/http/memory_wire.h"

namespace contacts::http {
namespace {

// The answer of a server that allows `origins`.
ReadAnswer Ask(const std::vector<std::string>& origins, const std::string& method,
               const std::string& headers) {
  const auto answer = [](const Request&, const Responder& out) {
    Response response = Text("here");
    response.headers.push_back({"Vary", "Cookie"});
    out.Send(std::move(response));
  };
  const auto shared = std::make_shared<ServerShared>(
      SmallLimits(),
      Router({{"GET", "/a", answer}, {"POST", "/a", answer}}, {""}, AllowedOrigins(origins)));
  MemoryClient client(shared);
  client.Send(method + " /a HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n");
  std::string written = client.written();
  return TakeAnswer(&written, method == "HEAD").value();
}

const std::vector<std::string> kApp = {"https://app.example"};
constexpr const char* kFromApp = "Origin: https://app.example\r\n";
constexpr const char* kPreflight =
    "Origin: https://app.example\r\nAccess-Control-Request-Method: POST\r\n";

TEST(Cors, WithoutAnAllowedOriginThereAreNoHeaders) {
  for (const char* method : {"GET", "OPTIONS"}) {
    const ReadAnswer answer = Ask({}, method, kPreflight);
    EXPECT_EQ(answer.Value("Access-Control-Allow-Origin"), "");
    EXPECT_EQ(answer.Value("Access-Control-Allow-Methods"), "");
  }
}

TEST(Cors, AnAllowedPageMayReadTheAnswer) {
  const ReadAnswer answer = Ask(kApp, "GET", kFromApp);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Value("Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_EQ(answer.Value("Access-Control-Allow-Credentials"), "true");
  EXPECT_NE(answer.Value("Access-Control-Expose-Headers").find("Contacts-Position"),
            std::string::npos);
}

TEST(Cors, APreflightGetsTheAllowedMethodsAndHeaders) {
  const ReadAnswer answer = Ask(kApp, "OPTIONS", kPreflight);
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.Value("Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_EQ(answer.Value("Access-Control-Allow-Methods"), "GET, HEAD, POST, OPTIONS");
  EXPECT_NE(answer.Value("Access-Control-Allow-Headers").find("Idempotency-Key"),
            std::string::npos);
  EXPECT_EQ(Ask(kApp, "OPTIONS", kFromApp).Value("Access-Control-Allow-Methods"), "");
}

TEST(Cors, APageOfAnotherOriginMayNot) {
  for (const char* origin : {"https://evil.example", "http://app.example", "null",
                             "https://app.example:8443", "https://app.example.evil.example"}) {
    const std::string headers =
        std::string("Origin: ") + origin + "\r\nAccess-Control-Request-Method: POST\r\n";
    for (const char* method : {"GET", "OPTIONS"}) {
      const ReadAnswer answer = Ask(kApp, method, headers);
      EXPECT_EQ(answer.Value("Access-Control-Allow-Origin"), "") << origin;
      EXPECT_EQ(answer.Value("Access-Control-Allow-Methods"), "") << origin;
    }
  }
}

// A page sees no status and no message of an answer without these headers.
TEST(Cors, AnswersBeforeTheRouterHaveTheHeadersToo) {
  const std::vector<std::pair<int, std::string>> refused = {
      {413, "POST /a HTTP/1.1\r\nHost: a\r\norigin: https://app.example\r\nContent-Length: 999999"},
      {431, "GET /a HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example\r\nX: " +
                std::string(20000, 'x')},
      {400, "GET /a HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example\r\n folded"},
      {501, "NONSENSE /a HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example"},
      {400,
       "POST /a HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example\r\n"
       "Transfer-Encoding: chunked\r\n\r\nzz"}};
  for (const auto& [status, request] : refused) {
    const auto shared =
        std::make_shared<ServerShared>(SmallLimits(), Router({}, {""}, AllowedOrigins(kApp)));
    MemoryClient client(shared);
    client.Send(request + "\r\n\r\n");
    std::string written = client.written();
    const ReadAnswer answer = TakeAnswer(&written).value();
    EXPECT_EQ(answer.status, status) << request.substr(0, 100);
    EXPECT_EQ(answer.Value("Access-Control-Allow-Origin"), "https://app.example") << status;
    EXPECT_EQ(answer.Value("Vary"), "Origin") << status;
  }
}

// The page saw a network error, and never the status.
TEST(Cors, AnAnswerToAHeadThatWasNotReadIsForThePageOfTheOnlyOrigin) {
  const auto refusals = [](const std::vector<std::string>& origins) {
    const auto shared =
        std::make_shared<ServerShared>(SmallLimits(), Router({}, {""}, AllowedOrigins(origins)));
    MemoryClient too_long(shared);
    too_long.Send("GET /" + std::string(2000, 'a'));
    MemoryClient one_too_many(shared);
    one_too_many.connection().TurnAway("too many connections");
    std::vector<ReadAnswer> answers;
    for (std::string written : {too_long.written(), one_too_many.written()}) {
      answers.push_back(TakeAnswer(&written, false).value());
    }
    EXPECT_EQ(answers[0].status, 414);
    EXPECT_EQ(answers[1].status, 503);
    return answers;
  };
  for (const ReadAnswer& answer : refusals(kApp)) {
    EXPECT_EQ(answer.Value("Access-Control-Allow-Origin"), kApp.front());
    EXPECT_EQ(answer.Value("Access-Control-Allow-Credentials"), "true");
    EXPECT_EQ(answer.Value("Vary"), "Origin");
  }
  for (const ReadAnswer& answer : refusals({"https://a.example", "https://b.example"})) {
    EXPECT_EQ(answer.Value("Access-Control-Allow-Origin"), "");
    EXPECT_EQ(answer.Value("Vary"), "Origin");
  }
  for (const ReadAnswer& answer : refusals({})) EXPECT_EQ(answer.Value("Vary"), "");
}

TEST(Cors, TracesMayBeSent) {
  const std::string taken = Ask(kApp, "OPTIONS", kPreflight).Value("Access-Control-Allow-Headers");
  for (const char* name : {"traceparent", "tracestate", "baggage"}) {
    EXPECT_NE(taken.find(name), std::string::npos) << name;
  }
}

TEST(Cors, CachesAreToldThatTheOriginMatters) {
  const auto varies = [](const std::vector<std::string>& origins) {
    for (const Header& header : Ask(origins, "GET", "").headers) {
      if (header.name == "Vary" && header.value == "Origin") return true;
    }
    return false;
  };
  EXPECT_TRUE(varies(kApp));
  EXPECT_FALSE(varies({}));
}

TEST(Cors, OriginsAreReadAsBrowsersWriteThem) {
  const AllowedOrigins origins({"HTTPS://App.Example:443", "http://localhost:3000"});
  EXPECT_TRUE(origins.Contains("https://app.example"));
  EXPECT_TRUE(origins.Contains("http://localhost:3000"));
  EXPECT_FALSE(origins.Contains("http://localhost"));
  for (const char* none : {"*", "app.example", "https://", "https://a/b", "ftp://a", "null", "",
                           "https://user@a", "https://*.a"}) {
    EXPECT_THROW(AllowedOrigins({none}), std::runtime_error) << none;
  }
}

}  // namespace
}  // namespace contacts::http
