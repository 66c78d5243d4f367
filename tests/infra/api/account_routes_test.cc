// A contact's account from its invitation to its first log-in, and the tenant's limit.
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "projections/view_lookup.h"
#include "tests/infra/api/whole_service.h"

namespace contacts::api {
namespace {

class AccountRoutesTest : public ::testing::Test {
 protected:
  AccountRoutesTest() {
    whole_.AddUserOf(kAcme, "ada", "admin");
    ada_ = whole_.LogIn(kAcme, "ada");
    EXPECT_EQ(Create("jane@example.com", R"(,"canLogin":true)").status, 200);
  }
  Received Create(const std::string& email, const std::string& more = "",
                  std::vector<http::Header> headers = {}) {
    headers.push_back(ada_);
    return whole_.Send(
        "POST", "/api/contacts", headers,
        R"({"fullName":"Jane","email":")" + email + R"(","type":"internal")" + more + "}");
  }
  Received Invite(const std::string& contact = "1", const std::string& body = "") {
    return whole_.Send("POST", "/api/accounts/" + contact + "/invitation", {ada_}, body);
  }
  static std::string TokenOf(const Received& received) {
    const std::string mark = R"({"token":")";
    EXPECT_TRUE(received.body.starts_with(mark)) << received.body;
    return received.body.substr(mark.size(), received.body.find('"', mark.size()) - mark.size());
  }
  Received Activate(const std::string& token, const std::string& password = "password of jane") {
    return whole_.Send("POST", "/api/activate", {},
                       R"({"token":")" + token + R"(","password":")" + password + "\"}");
  }
  int LogIn(const std::string& password) {
    return whole_
        .Send("POST", "/api/login", {},
              R"({"username":"jane@example.com","tenant":"acme","password":")" + password + "\"}")
        .status;
  }
  size_t CountRecords() { return whole_.EventsOf(kAcme).size(); }

  Whole whole_;
  http::Header ada_;
};

TEST_F(AccountRoutesTest, ALinkSetsThePasswordOnce) {
  const Received invited = Invite();
  ASSERT_EQ(invited.status, 200) << invited.body;
  EXPECT_NE(invited.body.find(R"("username":"jane@example.com","expires":")"), std::string::npos);
  EXPECT_EQ(LogIn("password of jane"), 401);
  EXPECT_EQ(Activate(TokenOf(invited)).status, 204);
  EXPECT_EQ(LogIn("password of jane"), 200);
  const size_t records = CountRecords();
  const Received again = Activate(TokenOf(invited), "password of mallory");
  EXPECT_EQ(again.status, 404);
  EXPECT_EQ(LogIn("password of mallory"), 401);
  EXPECT_EQ(LogIn("password of jane"), 200);
  EXPECT_EQ(CountRecords(), records);
}

TEST_F(AccountRoutesTest, OneOfManyConcurrentActivationsUsesTheLink) {
  const std::string token = TokenOf(Invite());
  std::vector<std::future<int>> answers;
  for (int i = 0; i < 8; ++i) {
    answers.push_back(std::async(std::launch::async, [&, i] {
      return Activate(token, "password " + std::to_string(i)).status;
    }));
  }
  int winner = -1;
  for (int i = 0; i < 8; ++i) {
    const int status = answers[i].get();
    if (status != 204) {
      EXPECT_EQ(status, 404);
      continue;
    }
    EXPECT_EQ(winner, -1);
    winner = i;
  }
  ASSERT_NE(winner, -1);
  EXPECT_EQ(LogIn("password " + std::to_string(winner)), 200);
  EXPECT_EQ(LogIn("password " + std::to_string((winner + 1) % 8)), 401);
}

TEST_F(AccountRoutesTest, AHashThatNoRecordNamesIsNotAPassword) {
  // A crash between the two steps of an activation leaves this state.
  const std::string token = TokenOf(Invite());
  ASSERT_TRUE(whole_.MakePassword("password of jane"));
  EXPECT_EQ(LogIn("password of jane"), 401);
  EXPECT_EQ(Activate(token).status, 204);
  EXPECT_EQ(LogIn("password of jane"), 200);
}

TEST_F(AccountRoutesTest, EveryDeadLinkSaysTheSame) {
  const std::string first = TokenOf(Invite());
  const std::string second = TokenOf(Invite());
  const std::string dead = Activate(first).body;
  EXPECT_NE(dead.find("ask for a new one"), std::string::npos);
  std::string changed = second;
  changed.back() = changed.back() == '0' ? '1' : '0';
  std::string of_other = second;
  of_other.replace(4, 4, "none");
  for (const std::string& token : {std::string("x"), changed, of_other, "ctk" + second.substr(3)}) {
    const Received refused = Activate(token);
    EXPECT_EQ(refused.status, 404) << token;
    EXPECT_EQ(refused.body, dead) << token;
  }
  whole_.SetPasswordOf(kAcme, "jane@example.com");
  EXPECT_EQ(Activate(second).body, dead);
}

TEST(GuessedLinks, CountAgainstTheirAddress) {
  Whole whole(/*login_failures=*/3);
  const auto guess = [&] {
    const std::string none(64, '0');
    return whole.Send("POST", "/api/activate", {},
                      R"({"token":"cin_acme_1_)" + none + R"(","password":"long enough"})");
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(guess().status, 404);
  const Received locked = guess();
  EXPECT_EQ(locked.status, 429);
  EXPECT_NE(locked.Header("retry-after"), "");
  // A few clicks on a dead link must not keep an office from logging in.
  EXPECT_EQ(whole
                .Send("POST", "/api/login", {},
                      R"({"username":"ada","tenant":"acme","password":"wrong"})")
                .status,
            401);
}

TEST_F(AccountRoutesTest, TheHistoryHoldsNoSecret) {
  const std::string token = TokenOf(Invite());
  ASSERT_EQ(Activate(token, "a very secret word").status, 204);
  query::ReadRecords(whole_.views(), kAcme, Sequence{1}, Sequence{INT64_MAX},
                     [&](Sequence, std::string_view bytes) {
                       EXPECT_EQ(bytes.find(token.substr(token.size() - 64)), bytes.npos);
                       EXPECT_EQ(bytes.find("a very secret word"), bytes.npos);
                       return true;
                     });
}

TEST_F(AccountRoutesTest, APasswordHasEightCharactersAtLeast) {
  const std::string token = TokenOf(Invite());
  for (const std::string& password : {std::string("1234567"), std::string(257, 'x')}) {
    const Received refused = Activate(token, password);
    EXPECT_EQ(refused.status, 400);
    EXPECT_NE(refused.body.find("\"/password\""), std::string::npos);
  }
  EXPECT_EQ(Activate(token, "1234567\u00e9").status, 204) << "the link is not used up";
}

TEST_F(AccountRoutesTest, OnlyContactsWithAnAccountAreInvited) {
  ASSERT_EQ(Create("plain@example.com").status, 200);
  EXPECT_EQ(Invite("2").status, 404);
  EXPECT_EQ(Invite("99").status, 404);
  for (const char* id : {"0", "-1", "x", "1x", "99999999999999999999"}) {
    EXPECT_EQ(Invite(id).status, 400) << id;
  }
  EXPECT_EQ(Invite("1", "{}").status, 200);
  EXPECT_EQ(Invite("1", R"({"x":1})").status, 400);
}

TEST_F(AccountRoutesTest, TheAccountOfAnInactiveContactCannotLogIn) {
  ASSERT_EQ(Create("left@example.com", R"(,"canLogin":true,"isActive":false)").status, 200);
  ASSERT_EQ(Activate(TokenOf(Invite("2"))).status, 204);
  EXPECT_EQ(whole_
                .Send("POST", "/api/login", {},
                      R"({"username":"left@example.com","tenant":"acme",)"
                      R"("password":"password of jane"})")
                .status,
            401);
}

TEST_F(AccountRoutesTest, BeyondATenantsLimitThereIsA429ThatIsNotRemembered) {
  ASSERT_FALSE(whole_.Submit(kAcme, LimitTenant{1}).error);
  const http::Header key{"Idempotency-Key", "k"};
  const Received refused = Create("two@example.com", "", {key});
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.Header("retry-after"), "3600");
  EXPECT_NE(refused.body.find("its limit of contacts: 1"), std::string::npos);
  ASSERT_FALSE(whole_.Submit(kAcme, LimitTenant{std::nullopt}).error);
  EXPECT_EQ(Create("two@example.com", "", {key}).status, 200);
}

}  // namespace
}  // namespace contacts::api
