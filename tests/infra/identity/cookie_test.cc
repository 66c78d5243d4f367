#include "infra/identity/cookie.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <string>
#include <vector>

namespace contacts {
namespace {

const std::vector<std::string> kSecrets = {"keyboard cat", "old secret \u00e9"};

std::string Accepted(const std::vector<std::string_view>& headers) {
  const auto value = FindCookie(headers, kSessionCookie);
  return value ? VerifySession(*value, kSecrets).value_or("") : "";
}

TEST(Cookie, AcceptsExactlyWhatExpressSessionAccepted) {
  std::ifstream file(SESSION_TESTS "/express_session_cookies.tsv");
  int cases = 0;
  int accepted = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const size_t first = line.find('\t');
    const size_t second = line.find('\t', first + 1);
    ASSERT_NE(second, std::string::npos) << line;
    const std::string name = line.substr(0, first);
    const std::string sid = line.substr(first + 1, second - first - 1);
    const std::string header = line.substr(second + 1);
    EXPECT_EQ(Accepted({header}), sid) << name << ": " << header;
    ++cases;
    accepted += sid.empty() ? 0 : 1;
  }
  EXPECT_EQ(cases, 43);
  EXPECT_EQ(accepted, 19);
}

TEST(Cookie, SeveralHeadersCountAsOne) {
  const std::string good =
      "connect.sid=s%3AT-tYZsfBjL59pr3vfL68LiAw7XNbzw_m.1%2Bo5RJvrJiQ0eFpP08A9bLEYEL4hE6X7M36WkIyn"
      "hqM";
  EXPECT_EQ(Accepted({"a=b", good}), "T-tYZsfBjL59pr3vfL68LiAw7XNbzw_m");
  EXPECT_EQ(Accepted({"connect.sid=s%3Aforged.x", good}), "");
  EXPECT_EQ(Accepted({good, "connect.sid=s%3Aforged.x"}), "T-tYZsfBjL59pr3vfL68LiAw7XNbzw_m");
  EXPECT_EQ(Accepted({}), "");
}

TEST(Cookie, AValueThatDoesNotDecodeAsAWholeStaysUndecoded) {
  for (const std::string raw : {"%41%", "%41%4", "%41%zz", "%41%ff", "%41%c0%af", "%41%ed%a0%80"}) {
    EXPECT_EQ(FindCookie({"connect.sid=" + raw}, kSessionCookie), raw);
  }
  EXPECT_EQ(FindCookie({"connect.sid=%41%c3%a9+"}, kSessionCookie), "A\u00e9+");
  EXPECT_EQ(FindCookie({"connect.sid=\xe9%c3%a9"}, kSessionCookie), "\u00e9\u00e9");
  EXPECT_EQ(FindCookie({"connect.sid=\xc3%a9"}, kSessionCookie), "\u00c3%a9");
  EXPECT_EQ(FindCookie({"connect.sid=%c3\xa9"}, kSessionCookie), "%c3\u00a9");
}

TEST(Cookie, IsMadeAsExpressSessionMakesIt) {
  const CookieOptions usual;
  EXPECT_EQ(
      SetCookie(usual, SignSession("T-tYZsfBjL59pr3vfL68LiAw7XNbzw_m", "keyboard cat"), false),
      "connect.sid=s%3AT-tYZsfBjL59pr3vfL68LiAw7XNbzw_m."
      "1%2Bo5RJvrJiQ0eFpP08A9bLEYEL4hE6X7M36WkIynhqM; Path=/; HttpOnly; SameSite=Lax");
  EXPECT_EQ(SetCookie(usual, "v", true), "connect.sid=v; Path=/; HttpOnly; SameSite=Lax; Secure");
  EXPECT_EQ(ClearCookie(usual),
            "connect.sid=; Path=/; HttpOnly; SameSite=Lax; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(Cookie, HasTheChosenAttributes) {
  CookieOptions options{"sid", "example.com", "/app", SameSite::kNone, SecureCookie::kAuto};
  EXPECT_EQ(options.Fault(), std::nullopt);
  EXPECT_EQ(SetCookie(options, "v", false),
            "sid=v; Domain=example.com; Path=/app; HttpOnly; SameSite=None; Secure");
  EXPECT_EQ(ClearCookie(options),
            "sid=; Domain=example.com; Path=/app; HttpOnly; SameSite=None; Secure; "
            "Expires=Thu, 01 Jan 1970 00:00:00 GMT");
  options = {};
  options.secure = SecureCookie::kNever;
  EXPECT_EQ(SetCookie(options, "v", true), "connect.sid=v; Path=/; HttpOnly; SameSite=Lax");
  options.same_site = SameSite::kNone;
  EXPECT_NE(options.Fault(), std::nullopt);
  for (const std::string bad : {"", "a b", "a;b", "a=b", "a\r\nSet-Cookie:x"}) {
    EXPECT_NE((CookieOptions{bad}).Fault(), std::nullopt) << bad;
  }
  for (const std::string bad : {"/a;b", "/a\n", "a", ""}) {
    EXPECT_NE((CookieOptions{"n", "", bad}).Fault(), std::nullopt) << bad;
  }
}

TEST(Cookie, EachCookieOfTheNameIsCounted) {
  EXPECT_EQ(CountCookies({}, kSessionCookie), 0u);
  EXPECT_EQ(CountCookies({"a=b; connect.sid=x", "connect.sid", "connect.sid=; connect.sid=y"},
                         kSessionCookie),
            3u);
}

TEST(Cookie, IsClearedAtEachPlaceThatItMayHaveButItsOwn) {
  const auto places = [](const CookieOptions& options, const char* host, const char* path) {
    std::string all;
    for (const std::string& one : ClearElsewhere(options, host, path, true)) {
      const size_t begin = one.find("; ");
      EXPECT_EQ(one.substr(0, begin), options.name + "=");
      const size_t end = one.find("; HttpOnly; SameSite=Lax; Secure; Expires=Thu, 01 Jan 1970");
      EXPECT_NE(end, std::string::npos) << one;
      all += one.substr(begin + 2, end - begin - 2) + "\n";
    }
    return all;
  };
  EXPECT_EQ(places({}, "127.0.0.1:8080", "/api/contacts"),
            "Path=/api\nPath=/api/\nPath=/api/contacts\n");
  for (const char* host : {"localhost", "[::1]:8080", "", "a b.example", "example."}) {
    EXPECT_EQ(places({}, host, "/user"), "Path=/user\n") << host;
  }
  EXPECT_EQ(places({}, "crm.example.com:443", "/user"),
            "Path=/user\n"
            "Domain=crm.example.com; Path=/\nDomain=crm.example.com; Path=/user\n"
            "Domain=example.com; Path=/\nDomain=example.com; Path=/user\n");
  CookieOptions options;
  options.domain = "example.com";
  options.path = "/app";
  EXPECT_EQ(places(options, "crm.example.com", "/a;b"),
            "Path=/\nPath=/app\nDomain=example.com; Path=/\n"
            "Domain=crm.example.com; Path=/\nDomain=crm.example.com; Path=/app\n");
  EXPECT_LE(ClearElsewhere(options, "a.b.c.d.e.example.com", "/a/b/c/d/e/f/g", true).size(), 24u);
}

TEST(Cookie, AnOverlongValueIsNotEvenHashed) {
  const std::string sid(600, 'a');
  EXPECT_EQ(Accepted({"connect.sid=" + SignSession(sid, kSecrets[0])}), "");
  const std::string fits(400, 'a');
  EXPECT_EQ(Accepted({"connect.sid=" + SignSession(fits, kSecrets[0])}), fits);
}

RC_GTEST_PROP(Cookie, EverySignedIdComesBackAndNoChangedOneDoes, ()) {
  const auto sid =
      *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange<char>(0x20, 0x7f)));
  const std::string value = SignSession(sid, kSecrets[0]);
  RC_ASSERT(Accepted({"connect.sid=" + value}) == sid);
  std::string decoded = *FindCookie({"connect.sid=" + value}, kSessionCookie);
  const auto place = *rc::gen::inRange<size_t>(0, decoded.size());
  decoded[place] = static_cast<char>(decoded[place] ^ *rc::gen::inRange(1, 256));
  RC_ASSERT(!VerifySession(decoded, kSecrets));
}

}  // namespace
}  // namespace contacts
