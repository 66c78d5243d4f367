#include "infra/api/request_headers.h"

#include <gtest/gtest.h>

#include <string>

#include "infra/api/query_parameters.h"
#include "infra/api/request_checks.h"

namespace contacts::api {
namespace {

http::Request With(std::vector<http::Header> headers) {
  http::Request request;
  request.method = "POST";
  request.host = "contacts.example:8080";
  request.headers = std::move(headers);
  return request;
}

std::string KeyOf(const std::string& value) {
  const auto key = IdempotencyKey(With({{"Idempotency-Key", value}}));
  return key ? key->value_or("none") : "400";
}

TEST(IdempotencyKey, BareAndQuotedFormsAreTheSameKey) {
  EXPECT_EQ(KeyOf("8e03978e-40d5"), "8e03978e-40d5");
  EXPECT_EQ(KeyOf("\"8e03978e-40d5\""), "8e03978e-40d5");
  EXPECT_EQ(KeyOf("\"a\\\"b\\\\c\""), "a\"b\\c");
  EXPECT_EQ(KeyOf(std::string(255, 'k')), std::string(255, 'k'));
  EXPECT_EQ(IdempotencyKey(With({}))->value_or("none"), "none");
}

TEST(IdempotencyKey, MalformedOnesAreRefused) {
  for (const std::string& value :
       {std::string(), std::string("\"\""), std::string("a b"), std::string("\"a b\""),
        std::string("\"open"), std::string("\"a\"b"), std::string("\"a\\n\""),
        std::string("caf\xc3\xa9"), std::string("a\tb"), std::string(256, 'k'),
        '"' + std::string(256, 'k') + '"'}) {
    EXPECT_EQ(KeyOf(value), "400") << value;
  }
  EXPECT_FALSE(IdempotencyKey(With({{"Idempotency-Key", "a"}, {"idempotency-key", "a"}})));
}

TEST(IdempotencyKey, TheFaultIsNamed) {
  const auto message_of = [](const std::string& value) {
    return IdempotencyKey(With({{"Idempotency-Key", value}})).error().message;
  };
  const std::string rule =
      "Idempotency-Key must be 1 to 255 visible ASCII characters, bare or in quotes";
  EXPECT_EQ(message_of(""), rule);
  EXPECT_EQ(message_of("key\u00A0"), rule + "; it cannot hold U+00A0 at position 4");
  EXPECT_EQ(message_of("\"a b\""), rule + "; it cannot hold U+0020 at position 3");
  EXPECT_EQ(message_of(std::string(256, 'k')), rule + ", not 256");
}

// `text/event-stream;q=0` was taken for a wish, though it says "not acceptable".
TEST(WantsEvents, TheHigherWeightWinsAndOnlyANamedStreamIsWanted) {
  for (const char* yes :
       {"text/event-stream", "TEXT/Event-Stream", "text/event-stream;charset=utf-8",
        "text/event-stream;q=0.001", "text/event-stream, */*", "*/*, text/event-stream",
        "text/event-stream, application/*", "text/html, text/event-stream;q=0.9",
        "application/json;q=0.5, text/event-stream;q=0.6",
        "application/json;q=0, text/event-stream",
        "text/event-stream;q=0.5, application/json;q=0.4, */*", "text/event-stream;q=1.000",
        "text/event-stream;q=0.5, text/event-stream;charset=utf-8",
        "a/b;c=\"x,y;q=0\", text/event-stream ; q=1"}) {
    EXPECT_TRUE(WantsEvents(With({{"Accept", yes}}))) << yes;
  }
  for (const char* no :
       {"", "*/*", "text/*", "application/json", "text/event-stream;q=0",
        "text/event-stream;q=0.000", "text/event-stream; Q=0",
        "text/event-stream;charset=utf-8;q=0", "text/event-stream;q=x",
        "text/event-stream;q=", "text/event-stream;q=1.5", "text/event-stream, application/json",
        "application/json, text/event-stream", "text/event-stream;q=0.9, */*",
        "text/event-stream;q=0.5, application/*;q=0.6",
        "text/event-stream;q=0.4, application/json;q=0.5", "text/event-streams",
        "a/b;c=\"x, text/event-stream\""}) {
    EXPECT_FALSE(WantsEvents(With({{"Accept", no}}))) << no;
  }
  EXPECT_FALSE(WantsEvents(With({})));
  EXPECT_TRUE(WantsEvents(With({{"Accept", "*/*;q=0.1"}, {"Accept", "text/event-stream;q=0.2"}})));
  EXPECT_FALSE(
      WantsEvents(With({{"Accept", "text/event-stream"}, {"Accept", "application/json"}})));
}

TEST(BearerToken, ASpaceThatIsNotAsciiBelongsToTheToken) {
  const auto token_of = [](const std::string& value) {
    return BearerToken(With({{"Authorization", value}})).value_or("none");
  };
  EXPECT_EQ(token_of("Bearer abc \t"), "abc");
  EXPECT_EQ(token_of("bearer\tabc"), "abc");
  EXPECT_EQ(token_of("Bearer\u00A0abc"), "\u00A0abc");
  EXPECT_EQ(token_of("Bearer"), "");
  EXPECT_EQ(token_of("Bearers abc"), "none");
  EXPECT_EQ(token_of("Basic abc"), "none");
}

std::string ReasonOf(const std::string& value) {
  const auto reason = Reason(With({{"Contacts-Reason", value}}));
  return reason ? reason->value_or("none") : "400";
}

TEST(Reason, IsPercentDecoded) {
  EXPECT_EQ(ReasonOf("asked by phone"), "asked by phone");
  EXPECT_EQ(ReasonOf("Gru%C3%9f%20100%25"), "Gru\xc3\x9f 100%");
  EXPECT_EQ(ReasonOf("%20%20"), "none");
  EXPECT_EQ(ReasonOf("%C2%A0%E2%80%8B"), "none");
  EXPECT_EQ(ReasonOf("%E3%80%80why%C2%A0"), "why");
  EXPECT_EQ(ReasonOf(""), "none");
  std::string long_one;
  for (int i = 0; i < 500; ++i) long_one += "%C3%BC";
  EXPECT_EQ(ReasonOf(long_one).size(), 1000u);
}

TEST(Reason, MalformedOnesAreRefused) {
  std::string too_long;
  for (int i = 0; i < 501; ++i) too_long += "%C3%BC";
  for (const std::string& value :
       {std::string("%"), std::string("100%"), std::string("%4"), std::string("%zz"),
        std::string("%+1"), std::string("%C3"), std::string("%ED%A0%80"), std::string("%0A"),
        std::string("a%00b"), std::string("%7F"), std::string("%C2%85"), std::string("Gru\xc3\x9f"),
        std::string("%EF%BF%BE"), std::string("a%E2%80%AEb"), too_long}) {
    EXPECT_EQ(ReasonOf(value), "400") << value;
  }
}

TEST(Reason, TheFaultIsNamed) {
  EXPECT_EQ(Reason(With({{"Contacts-Reason", "a%E2%80%AEb"}})).error().message,
            "Contacts-Reason must not hold bidirectional controls that are not paired: U+202E at "
            "position 2");
}

std::string Wanted(std::vector<http::Header> headers) {
  const auto wanted = PositionsWanted(With(std::move(headers)));
  if (!wanted) return "400";
  if (wanted->positions.empty()) return "none";
  return TextOf(wanted->positions.front()) + " in " + std::to_string(wanted->wait.count());
}

TEST(MinPosition, IsReadWithTheWaitPreference) {
  EXPECT_EQ(Wanted({}), "none");
  EXPECT_EQ(Wanted({{"Prefer", "wait=7"}}), "none");
  EXPECT_EQ(Wanted({{"Contacts-Min-Position", "17"}}), "17 in 2");
  EXPECT_EQ(Wanted({{"Contacts-Min-Position", "0"}, {"Prefer", "wait=0"}}), "0 in 0");
  EXPECT_EQ(Wanted({{"Contacts-Min-Position", "17"}, {"Prefer", "return=minimal, Wait=\"30\"; x"}}),
            "17 in 30");
  EXPECT_EQ(Wanted({{"Contacts-Min-Position", "17"}, {"Prefer", "wait=4, wait=3"}}), "17 in 4");
  EXPECT_EQ(Wanted({{"Contacts-Min-Position", "2.121"}}), "2.121 in 2");
}

TEST(MinPosition, MalformedOnesAreRefused) {
  for (const char* value :
       {"", "-1", "+1", "1.0", "2.", "02.1", "0x1", "1 2", "1234567890123456"}) {
    EXPECT_EQ(Wanted({{"Contacts-Min-Position", value}}), "400") << value;
  }
  for (const char* value : {"wait", "wait=", "wait=31", "wait=-1", "wait=1.5", "wait=1s"}) {
    EXPECT_EQ(Wanted({{"Contacts-Min-Position", "1"}, {"Prefer", value}}), "400") << value;
  }
}

bool TakesType(const std::string& value) {
  return !CheckJsonContent(With({{"Content-Type", value}}));
}

TEST(JsonContent, IsJsonInUtf8Only) {
  for (const char* type : {"application/json", "Application/JSON", "application/json;charset=utf-8",
                           "application/json; charset=\"UTF-8\"", "application/json ;",
                           "application/json; charset=utf8", "application/json;CHARSET=\"Utf8\"",
                           "application/json; boundary=x", "application/json; q; v=\"a;charset=b\"",
                           "application/json; profile=\"\\\";\"; charset=utf-8",
                           "application/json; version=1; charset=UTF-8"}) {
    EXPECT_TRUE(TakesType(type)) << type;
  }
  for (const char* type :
       {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonx",
        "application/json; charset=latin1", "application/json; charset=", "text/json",
        "application/json; charset", "application/json; x=y; charset=utf-16",
        "application/json; charset=utf-8; charset=latin1", "application/merge-patch+json",
        "application/json, text/plain", "multipart/form-data; application/json"}) {
    EXPECT_FALSE(TakesType(type)) << type;
  }
  EXPECT_TRUE(CheckJsonContent(With({})));
  EXPECT_TRUE(CheckJsonContent(
      With({{"Content-Type", "application/json"}, {"Content-Type", "text/plain"}})));
}

// A backslash at the end, in quotes, ended the search for parts before the last one was kept: the
// type had no part, and reading its first one ended the process.
TEST(JsonContent, IsRefusedWhenItEndsInAnEscape) {
  for (const char* type : {"\"\\", "a; b=\"\\", "application/json; charset=\"utf-16\\"}) {
    EXPECT_FALSE(TakesType(type)) << type;
  }
}

TEST(JsonContent, TheMessageNamesTheTypeThatCame) {
  const auto said = [](const char* type) {
    return CheckJsonContent(With({{"Content-Type", type}}))->message;
  };
  const std::string must = "Content-Type must be application/json (in UTF-8), ";
  EXPECT_EQ(said("application/json; charset=\"Latin1\""), must + "not in the charset 'Latin1'");
  EXPECT_EQ(said("text/plain; a=b"), must + "not 'text/plain; a=b'");
  EXPECT_EQ(CheckJsonContent(With({}))->message, must + "the request has none");
}

bool Same(std::vector<http::Header> headers, bool secure = false) {
  static const http::AllowedOrigins allowed({"https://app.example"});
  http::Request request = With(std::move(headers));
  request.secure = secure;
  return !CheckSameOrigin(request, allowed);
}

TEST(SameOrigin, SecFetchSiteCounts) {
  EXPECT_TRUE(Same({{"Sec-Fetch-Site", "same-origin"}, {"Origin", "https://proxy.example"}}));
  EXPECT_TRUE(Same({{"Sec-Fetch-Site", "none"}}));
  EXPECT_FALSE(Same({{"Sec-Fetch-Site", "cross-site"}}));
  EXPECT_FALSE(Same({{"Sec-Fetch-Site", "same-site"}, {"Origin", "http://contacts.example:8080"}}));
}

TEST(SameOrigin, WithoutItTheOriginIsComparedWithTheHost) {
  EXPECT_TRUE(Same({}));
  EXPECT_TRUE(Same({{"Origin", "http://contacts.example:8080"}}));
  EXPECT_TRUE(Same({{"Origin", "http://Contacts.Example:8080"}}));
  EXPECT_FALSE(Same({{"Origin", "http://contacts.example"}}));
  EXPECT_FALSE(Same({{"Origin", "http://evil.example:8080"}}));
  EXPECT_FALSE(Same({{"Origin", "null"}}));
  EXPECT_FALSE(Same({{"Origin", ""}}));
  EXPECT_FALSE(Same({{"Origin", "ftp://contacts.example:8080"}}));
}

TEST(SameOrigin, HttpAndHttpsAreDifferentOrigins) {
  EXPECT_FALSE(Same({{"Origin", "http://contacts.example:8080"}}, /*secure=*/true));
  EXPECT_TRUE(Same({{"Origin", "https://contacts.example:8080"}}, /*secure=*/true));
  EXPECT_FALSE(Same({{"Origin", "https://contacts.example:8080"}}, /*secure=*/false));
}

TEST(SameOrigin, PagesOfAnAllowedOriginMay) {
  EXPECT_TRUE(Same({{"Origin", "https://app.example"}}));
  EXPECT_TRUE(Same({{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://app.example"}}));
  EXPECT_FALSE(Same({{"Origin", "http://app.example"}}));
  EXPECT_FALSE(Same({{"Origin", "https://app.example.evil.example"}}));
  EXPECT_FALSE(Same({{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}}));
}

TEST(SameOrigin, ASchemesDefaultPortMayBeLeftOut) {
  http::Request request = With({{"Origin", "https://contacts.example"}});
  request.secure = true;
  request.host = "contacts.example:443";
  EXPECT_FALSE(CheckSameOrigin(request, {}));
  request.host = "contacts.example:80";
  EXPECT_TRUE(CheckSameOrigin(request, {}));
}

bool Matches(const std::string& value) {
  return IsNotModified(With({{"If-None-Match", value}}), "\"abc\"");
}

TEST(IfNoneMatch, ComparesWeaklyWithEachMemberOfTheList) {
  for (const char* value : {"\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "\"x,\" , W/\"abc\"", "*"}) {
    EXPECT_TRUE(Matches(value)) << value;
  }
  for (const char* value : {"", "abc", "\"ab\"", "\"x, \"abc\"\"", "w/\"abc\"", "\"abc\"x"}) {
    EXPECT_FALSE(Matches(value)) << value;
  }
  EXPECT_TRUE(
      IsNotModified(With({{"If-None-Match", "\"x\""}, {"if-none-match", "\"abc\""}}), "\"abc\""));
  EXPECT_FALSE(IsNotModified(With({}), "\"abc\""));
}

}  // namespace
}  // namespace contacts::api
