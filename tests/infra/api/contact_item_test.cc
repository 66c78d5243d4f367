// One contact over HTTP: reading it and changing it.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/infra/api/contact_item_fixture.h"

namespace contacts::api {
namespace {

TEST_F(ContactItemTest, IsReadWithItsTag) {
  const Received read = Get("1");
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(read.body, created_.body);
  EXPECT_EQ(read.Header("etag"), "\"" + created_.Header("contacts-position") + "\"");
  EXPECT_EQ(read.Header("vary"), "Cookie");
  const Received known = Get("1", {{"If-None-Match", "W/" + read.Header("etag")}});
  EXPECT_EQ(known.status, 304);
  EXPECT_EQ(known.body, "");
  EXPECT_EQ(known.Header("etag"), read.Header("etag"));
  EXPECT_EQ(whole_.Send("GET", "/contacts/1", {max_}).body, created_.body);
  EXPECT_EQ(whole_.Send("HEAD", "/contacts/1", {max_}).Header("etag"), read.Header("etag"));
}

// RFC 9110, 13.2.1: a server must evaluate it, also for GET. It was ignored.
TEST_F(ContactItemTest, IsNotReadWithAnIfMatchThatNamesAnotherTag) {
  const std::string tag = Get("1").Header("etag");
  for (const std::string& good : {tag, "W/" + tag, "\"9\", " + tag, std::string("*")}) {
    EXPECT_EQ(Get("1", {{"If-Match", good}}).status, 200) << good;
  }
  EXPECT_EQ(Get("1", {{"If-Match", tag}, {"If-None-Match", tag}}).status, 304);
  for (const char* other : {"\"9\"", "no tag", ""}) {
    const Received refused = Get("1", {{"If-Match", other}, {"If-None-Match", tag}});
    EXPECT_EQ(refused.status, 412) << other;
    EXPECT_EQ(refused.Header("etag"), tag);
    EXPECT_FALSE(Has(refused.body, "jane@")) << refused.body;
  }
  EXPECT_EQ(Get("2", {{"If-Match", "\"9\""}}).status, 404);
  const std::string of_document = whole_.Send("GET", "/openapi.json", {}).Header("etag");
  EXPECT_EQ(whole_.Send("GET", "/openapi.json", {{"If-Match", of_document}}).status, 200);
  EXPECT_EQ(whole_.Send("GET", "/openapi.json", {{"If-Match", tag}}).status, 412);
}

TEST_F(ContactItemTest, IsNotThere) {
  EXPECT_EQ(Get("2").status, 404);
  EXPECT_EQ(Get("0").status, 400);
  EXPECT_EQ(Get("x").status, 400);
  EXPECT_EQ(Get("2/history").status, 404);
  EXPECT_EQ(Patch(R"({"title":"CTO"})", {}, "2").status, 404);
  EXPECT_EQ(whole_.Send("DELETE", "/api/contacts/1", {ada_}).status, 405);
}

TEST_F(ContactItemTest, IsChangedByAMergePatch) {
  const Received changed =
      Patch(R"({"title":null,"email":"jane@y.org","metadata":{"a":null,"b":{"d":1.50}}})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_TRUE(Has(changed.body, R"("email":"jane@y.org")")) << changed.body;
  EXPECT_TRUE(Has(changed.body, R"("title":null)")) << changed.body;
  EXPECT_TRUE(Has(changed.body, R"("metadata":{"b":{"c":[null],"d":1.50}})")) << changed.body;
  EXPECT_EQ(changed.Header("etag"), "\"" + changed.Header("contacts-position") + "\"");
  EXPECT_EQ(Get("1").body, changed.body);
  EXPECT_EQ(whole_.Send("GET", "/contacts", {max_}).body, "[" + changed.body + "]");
  EXPECT_TRUE(Has(whole_.Send("GET", "/contacts/mentions", {max_}).body, "jane@y.org"));
  EXPECT_EQ(Create("jane@x.org").status, 200) << "its old e-mail is free";
}

TEST_F(ContactItemTest, APatchMayNameItsMediaType) {
  for (const char* type : {"application/merge-patch+json", "application/json; charset=utf8"}) {
    const std::vector<http::Header> headers{ada_, {"Content-Type", type}};
    EXPECT_EQ(Client(whole_.port()).Send("PATCH", "/contacts/1", headers, "{}").status, 200);
    EXPECT_EQ(Client(whole_.port()).Send("POST", "/contacts", headers, "{}").status,
              std::string(type).starts_with("application/merge") ? 415 : 400);
  }
  const Received refused = Client(whole_.port())
                               .Send("PATCH", "/contacts/1",
                                     {ada_, {"Content-Type", "application/json-patch+json"}}, "[]");
  EXPECT_EQ(refused.status, 415);
  EXPECT_TRUE(Has(refused.body,
                  "must be application/json or application/merge-patch+json (in UTF-8), not '"))
      << refused.body;
}

TEST_F(ContactItemTest, APatchThatChangesNothingMakesNoRecord) {
  const size_t before = whole_.EventsOf(kAcme).size();
  const Received same = Patch(R"({"title":"CEO","email":" jane@x.org "})");
  EXPECT_EQ(same.status, 200);
  EXPECT_EQ(same.body, created_.body);
  EXPECT_EQ(whole_.EventsOf(kAcme).size(), before);
  EXPECT_EQ(Patch("{}", {{"Idempotency-Key", "k"}}).body, created_.body);
  EXPECT_EQ(whole_.EventsOf(kAcme).back(),
            Event(NothingChanged{"ChangeContact", ContactId{1}, std::nullopt}));
}

TEST_F(ContactItemTest, FaultsOfAPatchAreNamed) {
  const Received faulty = Patch(
      R"({"fullName":null,"email":"x","type":"friend","isActive":1,"metadata":[],"id":2,"canLogin":true})");
  EXPECT_EQ(faulty.status, 400);
  for (const char* path :
       {"/fullName", "/email", "/type", "/isActive", "/metadata", "/id", "/canLogin"}) {
    EXPECT_TRUE(Has(faulty.body, std::string(R"("path":")") + path + '"')) << path << faulty.body;
  }
  EXPECT_EQ(Patch("[]").status, 400);
  EXPECT_EQ(whole_.Send("PATCH", "/api/contacts/1", {ada_}).status, 400) << "no body";
  EXPECT_EQ(Get("1").body, created_.body);
}

TEST_F(ContactItemTest, OnlyChangersChangeAndTheRefusalIsNoted) {
  EXPECT_EQ(whole_.Send("PATCH", "/api/contacts/1", {max_}, R"({"title":"CTO"})").status, 403);
  EXPECT_EQ(whole_.Send("PATCH", "/api/contacts/1", {}, R"({"title":"CTO"})").status, 401);
}

TEST_F(ContactItemTest, IfMatchLetsOneOfManyWin) {
  const std::string tag = Get("1").Header("etag");
  std::atomic<int> won = 0, lost = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 50; ++i) {
    clients.emplace_back([&, i] {
      const Received answer =
          Patch(R"({"title":"T)" + std::to_string(i) + "\"}", {{"If-Match", tag}});
      won += answer.status == 200;
      lost += answer.status == 412;
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, 49);
  const Received now = Get("1");
  const Received refused = Patch(R"({"title":"CTO"})", {{"If-Match", tag}});
  EXPECT_EQ(refused.status, 412);
  EXPECT_EQ(refused.Header("etag"), now.Header("etag"));
  std::string zipped = "W/" + now.Header("etag");
  zipped.insert(zipped.size() - 1, "-gzip");
  EXPECT_EQ(Patch(R"({"title":"CTO"})", {{"If-Match", "\"9\", " + zipped}}).status, 200);
  EXPECT_EQ(Patch(R"({"title":"CFO"})", {{"If-Match", "*"}}).status, 200);
  EXPECT_EQ(Patch(R"({"title":"COO"})", {{"If-Match", "no tag"}}).status, 400);
  EXPECT_EQ(Patch(R"({"title":"COO"})", {{"If-None-Match", "*"}}).status, 400);
}

TEST_F(ContactItemTest, ARepeatedKeyGetsTheContactAsOfItsRecord) {
  const http::Header key{"Idempotency-Key", "k-1"};
  const Received first = Patch(R"({"title":"CTO"})", {key});
  ASSERT_EQ(first.status, 200);
  ASSERT_EQ(Patch(R"({"title":"CFO"})").status, 200);
  const Received again = Patch(R"({"title":"CTO"})", {key});
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.Header("etag"), first.Header("etag"));
  EXPECT_EQ(again.Header("contacts-position"), first.Header("contacts-position"));
  EXPECT_EQ(Patch(R"({"title":"CIO"})", {key}).status, 422);
  EXPECT_EQ(Patch(R"({"title":"CTO"})", {key, {"If-Match", "\"1\""}}).status, 422);
  // Each line of a header is a part of the request.
  const std::vector<http::Header> two{
      {"Idempotency-Key", "k-2"}, {"If-Match", "\"9\""}, {"If-Match", "*"}};
  ASSERT_EQ(Patch(R"({"title":"COO"})", two).status, 200);
  EXPECT_EQ(Patch(R"({"title":"COO"})", two).status, 200);
  EXPECT_EQ(Patch(R"({"title":"COO"})", {two[0], two[1]}).status, 422);
}

TEST_F(ContactItemTest, DeactivatingAContactEndsItsSessionsForGood) {
  ASSERT_EQ(Create("bob@x.org", R"(,"canLogin":true)").status, 200);
  whole_.SetPasswordOf(kAcme, "bob@x.org");
  const http::Header bob = whole_.LogIn(kAcme, "bob@x.org");
  ASSERT_EQ(whole_.Send("GET", "/user", {bob}).status, 200);
  ASSERT_EQ(Patch(R"({"isActive":false})", {}, "2").status, 200);
  EXPECT_EQ(whole_.Send("GET", "/user", {bob}).status, 401);
  ASSERT_EQ(Patch(R"({"isActive":true})", {}, "2").status, 200);
  EXPECT_EQ(whole_.Send("GET", "/user", {bob}).status, 401);
  EXPECT_EQ(whole_.Send("GET", "/user", {whole_.LogIn(kAcme, "bob@x.org")}).status, 200);
}

}  // namespace
}  // namespace contacts::api
