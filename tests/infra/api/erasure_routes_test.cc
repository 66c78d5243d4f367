// Given a contact with an account, when it is erased over HTTP, then nothing shows it any more.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "projections/view_lookup.h"
#include "tests/infra/api/whole_service.h"

namespace contacts::api {
namespace {

class ErasureRoutesTest : public ::testing::Test {
 protected:
  ErasureRoutesTest() {
    whole_.AddUserOf(kAcme, "ada", "admin");
    whole_.AddUserOf(kAcme, "max", "member");
    ada_ = whole_.LogIn(kAcme, "ada");
    EXPECT_EQ(Create("jane@example.com", R"(,"canLogin":true)").status, 200);
    whole_.SetPasswordOf(kAcme, "jane@example.com");
    jane_ = whole_.LogIn(kAcme, "jane@example.com");
  }
  Received Create(const std::string& email, const std::string& more = "") {
    return whole_.Send(
        "POST", "/api/contacts", {ada_},
        R"({"fullName":"Jane","email":")" + email + R"(","type":"internal")" + more + "}");
  }
  Received Post(const std::string& path, const std::string& body = "",
                std::vector<http::Header> headers = {}) {
    headers.push_back(ada_);
    return whole_.Send("POST", "/api/contacts/" + path, headers, body);
  }
  Received Erase(std::vector<http::Header> headers = {}) {
    return Post("1/erasure", R"({"ground":"b"})", std::move(headers));
  }
  std::string Get(const std::string& path) { return whole_.Send("GET", path, {ada_}).body; }

  Whole whole_;
  http::Header ada_;
  http::Header jane_;
};

TEST_F(ErasureRoutesTest, AnErasedContactLeavesListsAndFreesItsEmail) {
  ASSERT_NE(Get("/api/contacts").find("jane@"), std::string::npos);
  ASSERT_NE(Get("/api/contacts/mentions").find("jane@"), std::string::npos);
  const Received erased = Erase();
  ASSERT_EQ(erased.status, 200) << erased.body;
  EXPECT_EQ(erased.body,
            R"({"sequence":)" + erased.Header("contacts-position") + R"(,"recipients":[]})");
  EXPECT_EQ(Get("/api/contacts"), "[]");
  EXPECT_EQ(Get("/api/contacts/mentions"), "[]");
  const Received again = Create("jane@example.com", R"(,"canLogin":true)");
  EXPECT_TRUE(again.body.starts_with(R"({"id":2,)")) << again.body;
}

TEST_F(ErasureRoutesTest, ItsSessionIsOverAndItsPasswordGone) {
  ASSERT_EQ(whole_.Send("GET", "/api/user", {jane_}).status, 200);
  ASSERT_EQ(Erase().status, 200);
  EXPECT_EQ(whole_.Send("GET", "/api/user", {jane_}).status, 401);
  EXPECT_EQ(whole_
                .Send("POST", "/api/login", {},
                      R"({"username":"jane@example.com","tenant":"acme",)"
                      R"("password":"password of jane@example.com"})")
                .status,
            401);
}

// A session of another application has no user here.
TEST_F(ErasureRoutesTest, AnySessionOfAnErasedActorIsOver) {
  const PersonErased actor{std::nullopt, {"2"}, Ground::kObjected};
  const http::Header max = whole_.LogIn(kAcme, "max");
  ASSERT_EQ(whole_.Send("GET", "/api/user", {max}).status, 200);
  ASSERT_FALSE(whole_.Submit(kAcme, ErasePerson{std::nullopt, actor.actors, actor.ground}).error);
  EXPECT_EQ(whole_.Send("GET", "/api/user", {max}).status, 401);
  EXPECT_EQ(whole_.Send("GET", "/api/user", {ada_}).status, 200);
}

TEST_F(ErasureRoutesTest, ASecondErasureGetsTheFirstAnswer) {
  const Received first = Erase({{"Idempotency-Key", "k"}});
  ASSERT_EQ(first.status, 200);
  EXPECT_EQ(Erase({{"Idempotency-Key", "k"}}).body, first.body);
  EXPECT_EQ(Erase().body, first.body);
  EXPECT_EQ(Post("1/erasure", R"({"ground":"c"})", {{"Idempotency-Key", "k"}}).status, 422);
}

TEST_F(ErasureRoutesTest, TheAnswerNamesWhoMustBeTold) {
  ASSERT_FALSE(
      whole_.Submit(kAcme, NoteDisclosure{ContactId{1}, "her lawyer", Sequence{1}, Sequence{5}})
          .error);
  ASSERT_FALSE(
      whole_.Submit(kAcme, NoteDisclosure{std::nullopt, "an auditor", Sequence{1}, Sequence{9}})
          .error);
  EXPECT_NE(Erase().body.find(R"("recipients":["an auditor","her lawyer"])"), std::string::npos);
}

TEST_F(ErasureRoutesTest, AHoldForbidsItAndIsListed) {
  EXPECT_EQ(Get("/api/holds"), "[]");
  const Received held = Post("1/hold");
  ASSERT_EQ(held.status, 200) << held.body;
  EXPECT_EQ(held.body, R"({"contactId":1,"held":true})");
  EXPECT_TRUE(Get("/api/holds").starts_with(R"([{"contactId":1,"sequence":)")) << Get("/api/holds");
  EXPECT_EQ(Post("1/hold").status, 200) << "it is held already";
  for (const Received& refused : {Erase(), Post("1/erasure-of-past")}) {
    EXPECT_EQ(refused.status, 409);
    EXPECT_NE(refused.body.find("contact 1 is under legal hold"), std::string::npos);
  }
  const Received lifted = whole_.Send("DELETE", "/api/contacts/1/hold", {ada_});
  EXPECT_EQ(lifted.body, R"({"contactId":1,"held":false})");
  EXPECT_EQ(Get("/api/holds"), "[]");
  EXPECT_EQ(Erase().status, 200);
}

TEST_F(ErasureRoutesTest, AnErasedPastKeepsThePresent) {
  const std::string before = Get("/api/contacts/mentions");
  const Received erased = Post("1/erasure-of-past");
  ASSERT_EQ(erased.status, 200) << erased.body;
  EXPECT_EQ(Get("/api/contacts/mentions"), before);
  EXPECT_EQ(whole_.Send("GET", "/api/user", {jane_}).status, 200);
  EXPECT_EQ(ViewLookup(whole_.views()).WholeContact(kAcme, ContactId{1})->generation, 1);
}

TEST_F(ErasureRoutesTest, AnErasedContactIsGoneAndAnUnknownOneWasNeverThere) {
  const Received erased = Erase();
  const std::string at = erased.Header("contacts-position");
  for (const Received& gone : {Post("1/erasure-of-past"), Post("1/hold"),
                               whole_.Send("POST", "/api/accounts/1/invitation", {ada_})}) {
    EXPECT_EQ(gone.status, 410);
    EXPECT_NE(gone.body.find("contact 1 was erased at position " + at), std::string::npos)
        << gone.body;
    EXPECT_NE(gone.body.find(R"("code":"erased")"), std::string::npos) << gone.body;
  }
  for (const char* path : {"9/erasure-of-past", "9/hold"}) EXPECT_EQ(Post(path).status, 404);
  EXPECT_EQ(Post("9/erasure", R"({"ground":"a"})").status, 404);
  EXPECT_EQ(Post("x/hold").status, 400);
}

TEST_F(ErasureRoutesTest, AGroundIsNeeded) {
  for (const char* body : {"{}", R"({"ground":"g"})", R"({"ground":"a","more":1})"}) {
    EXPECT_EQ(Post("1/erasure", body).status, 400) << body;
  }
}

}  // namespace
}  // namespace contacts::api
