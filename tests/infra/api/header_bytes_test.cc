// Whatever byte stands in a header, the answer is JSON, and its own head is ASCII. A refusal quoted
// an Origin unchanged, and no client could read it.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "events/json/json.h"
#include "tests/infra/api/scripted_service.h"

namespace contacts::api {
namespace {

bool IsPrintableAscii(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// Each header that is read, with the bytes where they may be echoed, noted or kept.
std::vector<http::Header> HeadersWith(const std::string& bytes) {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  return {{"Origin", "http://" + bytes},
          {"Sec-Fetch-Site", bytes},
          {"traceparent", "01-" + trace + "-" + bytes},
          {"tracestate", bytes},
          {"X-Request-Id", "id" + bytes},
          {"X-Forwarded-For", bytes},
          {"Forwarded", "for=" + bytes},
          {"Idempotency-Key", "key" + bytes},
          {"Idempotency-Key", "\"key" + bytes + "\""},
          {"Contacts-Reason", "because " + bytes},
          {"Contacts-Min-Position", bytes},
          {"Prefer", "wait=" + bytes},
          {"If-None-Match", "\"" + bytes + "\""},
          {"Content-Type", "application/json; charset=" + bytes},
          {"Content-Type", bytes},
          {"Authorization", "Bearer " + bytes},
          {"Authorization", bytes},
          {"Accept", bytes},
          {"Accept-Encoding", bytes},
          {"Access-Control-Request-Method", bytes}};
}

class HeaderBytes : public ::testing::Test {
 protected:
  void Check(const Received& received, const http::Header& sent) {
    ++answers_;
    const std::string shown = sent.name + ": " + json::Quoted(sent.value);
    for (const auto& [name, value] : received.headers) {
      EXPECT_TRUE(IsPrintableAscii(name + value)) << shown << " in " << name;
    }
    if (!received.body.empty()) {
      EXPECT_TRUE(json::Document::Parse(received.body).ok()) << shown << " in " << received.body;
    }
  }

  ScriptedService service_;
  int answers_ = 0;
};

TEST_F(HeaderBytes, NeverMakeAnAnswerThatCannotBeRead) {
  const std::string contact = R"({"fullName":"Ann","email":"a@x.org","type":"client"})";
  for (int byte = 0x80; byte < 0x100; ++byte) {
    const std::string one(1, static_cast<char>(byte));
    for (const http::Header& header : HeadersWith(one + "a")) {
      Check(service_.Post("/api/activate", "{}", {header}), header);
    }
    for (const http::Header& header : HeadersWith("\xC2" + one)) {
      Check(service_.Get("/api/contacts/mentions", {kMember, header}), header);
    }
  }
  EXPECT_EQ(answers_, 2 * 128 * 20);
}

}  // namespace
}  // namespace contacts::api
