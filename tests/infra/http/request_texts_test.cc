// All that a handler gets, apart from raw headers and body, goes into records, logs and answers
// unchanged. So each of these texts has been checked, whichever byte stands in the request.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "events/values/utf8.h"
#include "tests/infra/http/connections.h"

namespace contacts::http {
namespace {

bool IsVisibleAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool IsText(std::string_view text) {
  return IsUtf8(text) && text.find('\0') == std::string_view::npos;
}

void Check(const Request& request, const std::string& sent) {
  EXPECT_TRUE(IsVisibleAscii(request.method)) << sent;
  EXPECT_TRUE(IsVisibleAscii(request.host)) << sent;
  EXPECT_TRUE(IsVisibleAscii(request.client_address)) << sent;
  EXPECT_TRUE(IsVisibleAscii(request.request_id)) << sent;
  EXPECT_TRUE(IsVisibleAscii(request.traceparent)) << sent;
  EXPECT_TRUE(IsText(request.path)) << sent;
  for (const std::string& parameter : request.parameters) EXPECT_TRUE(IsText(parameter)) << sent;
  for (const auto& [name, value] : request.query) {
    EXPECT_TRUE(IsText(name)) << sent;
    EXPECT_TRUE(IsText(value)) << sent;
  }
  for (const Header& header : request.headers) EXPECT_TRUE(IsVisibleAscii(header.name)) << sent;
}

class Texts : public ::testing::Test {
 protected:
  // Sends one request, and checks the texts that its handler got, if it was called.
  void Send(const std::string& request) {
    sent_ = request;
    MemoryClient(shared_).Send(request);
  }

  std::string sent_;
  int seen_ = 0;
  std::shared_ptr<ServerShared> shared_ = [this] {
    const Handler look = [this](const Request& request, const Responder& out) {
      ++seen_;
      Check(request, sent_);
      out.Send({204, {}, {}});
    };
    ServerOptions options = SmallLimits();
    options.trusted_proxies = {"192.0.2.0/24"};
    return std::make_shared<ServerShared>(
        options, Router({{"GET", "/", look, {"a"}}, {"GET", "/{part}", look, {"a"}}}, {""}));
  }();
};

TEST_F(Texts, AreCheckedByteByByte) {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  for (int byte = 0; byte < 256; ++byte) {
    const std::string c(1, static_cast<char>(byte));
    const char digits[] = {'%', "0123456789ABCDEF"[byte / 16], "0123456789ABCDEF"[byte % 16], 0};
    for (const std::string& target : {"/x" + c, "/x" + std::string(digits), "/?a=x" + c,
                                      "/?a=x" + std::string(digits), "/?a" + c, "http://b" + c}) {
      Send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    Send("GET" + c + " / HTTP/1.1\r\nHost: a\r\n\r\n");
    Send("GET / HTTP/1.1\r\nHost: a" + c + "b\r\n\r\n");
    Send("GET / HTTP/1.1\r\nHost: a\r\nX" + c + "Y: z\r\n\r\n");
    for (const std::string& field :
         {"X-Request-Id: a" + c, "traceparent: 00-" + trace + c, "traceparent: 01-" + trace + c,
          "traceparent: 01-" + trace + "-" + c, "traceparent: 01-" + trace + "-a" + c + "b",
          "X-Forwarded-For: 198.51.100." + c, "X-Forwarded-For: 2001:db8::1%" + c,
          "X-Forwarded-For: [2001:db8::1]:" + c, "X-Forwarded-Host: b" + c + "b",
          "Forwarded: for=\"" + c + "\";host=" + c}) {
      Send(Get("/", field + "\r\n"));
    }
  }
  EXPECT_GT(seen_, 1000);
}

}  // namespace
}  // namespace contacts::http
