#include "infra/http/router.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "events/values/utf8.h"
#include "infra/http/server.h"
#include "tests/infra/http/client.h"
#include "tests/infra/http/echo_front.h"
#include "tests/infra/http/memory_wire.h"

namespace contacts::http {
namespace {

Response Named(const std::string& name, const Request& request) {
  std::string text = name;
  for (const std::string& parameter : request.parameters) text += " " + parameter;
  return Text(text);
}

Route Named(const std::string& method, const std::string& pattern) {
  return {method, pattern, [name = method + " " + pattern](const Request& request, Responder out) {
            out.Send(Named(name, request));
          }};
}

std::shared_ptr<ServerShared> NamedFront(const ServerOptions& options) {
  return std::make_shared<ServerShared>(
      options,
      Router({Named("GET", "/contacts"), Named("POST", "/contacts"), Named("GET", "/contacts/{id}"),
              Named("PATCH", "/contacts/{id}"), Named("GET", "/contacts/mentions"),
              Named("GET", "/contacts/{id}/history"), Named("POST", "/a/{x}/b/{y}")},
             {"", "/api"}));
}

ReadAnswer Ask(const std::string& method, const std::string& target) {
  MemoryClient client(NamedFront(SmallLimits()));
  client.Send(method + " " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
  std::string written = client.written();
  return TakeAnswer(&written, method == "HEAD").value();
}

TEST(Router, TakesTheRouteOfMethodAndPath) {
  EXPECT_EQ(Ask("GET", "/contacts").body, "GET /contacts");
  EXPECT_EQ(Ask("POST", "/api/contacts").body, "POST /contacts");
  EXPECT_EQ(Ask("PATCH", "/contacts/42").body, "PATCH /contacts/{id} 42");
  EXPECT_EQ(Ask("GET", "/api/contacts/42/history").body, "GET /contacts/{id}/history 42");
  EXPECT_EQ(Ask("POST", "/a/1%202/b/3").body, "POST /a/{x}/b/{y} 1 2 3");
}

TEST(Router, APatternWithoutBracesGoesBeforeOneWithBraces) {
  EXPECT_EQ(Ask("GET", "/contacts/mentions").body, "GET /contacts/mentions");
  EXPECT_EQ(Ask("PATCH", "/contacts/mentions").status, 405);
}

TEST(Router, NamesTheMethodsOfAPath) {
  const ReadAnswer wrong = Ask("DELETE", "/contacts");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.Value("Allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(wrong.body,
            R"({"error":"Method Not Allowed","message":"/contacts does not take DELETE"})");
  EXPECT_EQ(Ask("GET", "/a/1/b/2").Value("Allow"), "POST, OPTIONS");
  const ReadAnswer options = Ask("OPTIONS", "/contacts/1");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.Value("Allow"), "GET, HEAD, PATCH, OPTIONS");
  EXPECT_EQ(options.Value("Content-Length"), "");
}

TEST(Router, HeadGoesToGetAndHasNoBody) {
  const ReadAnswer head = Ask("HEAD", "/contacts");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.Value("Content-Length"), "13");
  EXPECT_EQ(Ask("HEAD", "/a/1/b/2").status, 405);
}

TEST(Router, NamesTheFaultOfTheQuery) {
  EXPECT_EQ(Ask("GET", "/contacts?x=1").body,
            R"({"error":"Bad Request","message":"unknown query parameter \"x\""})");
}

TEST(Router, AnUnknownPathIsNotFound) {
  for (const char* path :
       {"/", "/contact", "/contacts/", "/contacts//history", "/api", "/a/1/b/"}) {
    EXPECT_EQ(Ask("GET", path).status, 404) << path;
  }
}

// The status and the route under which the answer to `text` is counted.
std::string CountedAs(const std::string& head, const std::string& rest = "\r\n") {
  std::string counted;
  ServerOptions options = SmallLimits();
  options.answered = [&](std::string_view, std::string_view route, int status,
                         std::chrono::nanoseconds) {
    counted += std::to_string(status) + ' ' + std::string(route);
  };
  MemoryClient client(NamedFront(options));
  client.Send(head + " HTTP/1.1\r\nHost: a\r\n" + rest);
  return counted;
}

TEST(Router, AnAnswerIsCountedUnderThePatternThatItsPathFits) {
  EXPECT_EQ(CountedAs("GET /contacts"), "200 /contacts");
  EXPECT_EQ(CountedAs("HEAD /api/contacts"), "200 /contacts");
  EXPECT_EQ(CountedAs("GET /contacts/mentions"), "200 /contacts/mentions");
  EXPECT_EQ(CountedAs("PATCH /api/contacts/7"), "200 /contacts/{id}");
  EXPECT_EQ(CountedAs("POST /api/a/1/b/2"), "200 /a/{x}/b/{y}");
}

TEST(Router, ARefusedRequestIsCountedUnderItsPatternToo) {
  EXPECT_EQ(CountedAs("DELETE /contacts/7"), "405 /contacts/{id}");
  EXPECT_EQ(CountedAs("OPTIONS /contacts/7"), "204 /contacts/{id}");
  EXPECT_EQ(CountedAs("GET /contacts?x=1"), "400 /contacts");
  const std::string chunk = "Transfer-Encoding: chunked\r\n\r\n259\r\n" + std::string(601, 'x');
  EXPECT_EQ(CountedAs("POST /contacts", chunk), "413 /contacts");
}

TEST(Router, AnUnknownPathAndAMalformedRequestHaveNoPattern) {
  for (const char* head : {"GET /contact", "GET /contacts/", "GET /a//b/2", "GET /api/api/contacts",
                           "GET /contacts/7/coffee"}) {
    EXPECT_EQ(CountedAs(head), "404 ") << head;
  }
  EXPECT_EQ(CountedAs("OPTIONS *"), "204 ");
  EXPECT_EQ(CountedAs("GET"), "400 ");
  EXPECT_EQ(CountedAs("POST /contacts", "Content-Length: 601\r\n\r\n"), "413 ") << "its head";
}

// A refusal echoed the whole text that it refused: 16 KiB in, 16 KiB and more out, six times as
// much for control characters.
TEST(Router, RefusalsAreShortWhateverTheRequestHolds) {
  ServerOptions options;
  options.access_log = false;
  const auto shared = std::make_shared<ServerShared>(options, EchoRouter());
  for (const std::string_view unit : {"a", "%01", "%22", "%C3%A4", "%F0%9F%98%80"}) {
    std::string text;
    while (text.size() < 15000) text += unit;
    for (const std::string& line :
         {"GET /" + text, std::string("PURGE /echo"), "ACL /items/" + text, "GET /echo?" + text,
          "GET /echo?a=1&a=1&" + text, "GET /echo?" + text + "%",
          std::string(15000, 'A') + " /echo"}) {
      MemoryClient client(shared);
      client.Send(line + " HTTP/1.1\r\nHost: a\r\nX-Request-Id: " + std::string(128, 'i') +
                  "\r\n\r\n");
      const std::string& answer = client.written();
      EXPECT_LE(answer.size(), 2000u) << line.substr(0, 40);
      ASSERT_TRUE(answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 501")) << answer;
      EXPECT_TRUE(IsUtf8(answer));
      EXPECT_TRUE(answer.ends_with("\"}"));
    }
  }
}

TEST(Router, ALongMessageSaysThatItIsCut) {
  const auto body = [](const std::string& message) { return *ErrorResponse(404, message).body[0]; };
  EXPECT_EQ(body(std::string(800, 'x')).size(), body("").size() + 800);
  EXPECT_TRUE(body(std::string(801, 'x')).ends_with("x…\"}"));
  EXPECT_TRUE(body(std::string(799, 'x') + "ä").ends_with("x…\"}"));
  EXPECT_LT(body(std::string(800, '\x01')).size(), 900u);
}

}  // namespace
}  // namespace contacts::http
