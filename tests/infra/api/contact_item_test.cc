// One contact over HTTP: reading it, as it is and was, changing it, and its history.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/infra/api/whole_service.h"

namespace contacts::api {
namespace {

class ContactItemTest : public ::testing::Test {
 protected:
  ContactItemTest() {
    whole_.AddUserOf(kAcme, "ada", "admin");
    whole_.AddUserOf(kAcme, "max", "member");
    ada_ = whole_.LogIn(kAcme, "ada");
    max_ = whole_.LogIn(kAcme, "max");
    created_ = Create("jane@x.org", R"(,"title":"CEO","metadata":{"a":1,"b":{"c":[null]}})");
  }
  Received Create(const std::string& email, const std::string& more = "") {
    return whole_.Send(
        "POST", "/api/contacts", {ada_},
        R"({"fullName":"Jane","email":")" + email + R"(","type":"internal")" + more + "}");
  }
  Received Patch(const std::string& body, std::vector<http::Header> headers = {},
                 const std::string& id = "1") {
    headers.push_back(ada_);
    return whole_.Send("PATCH", "/api/contacts/" + id, headers, body);
  }
  Received Get(const std::string& path, std::vector<http::Header> headers = {}) {
    headers.push_back(ada_);
    return whole_.Send("GET", "/api/contacts/" + path, headers);
  }
  // The history without its times.
  std::string History(const std::string& query = "") {
    std::string body = Get("1/history" + query).body;
    for (size_t at = 0; (at = body.find(R"("time":")", at)) != body.npos;) body.erase(at, 34);
    return body;
  }

  Whole whole_;
  http::Header ada_;
  http::Header max_;
  Received created_;
};

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

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

TEST_F(ContactItemTest, IsReadAsItWas) {
  const std::string before = created_.Header("contacts-position");
  const Received changed = Patch(R"({"title":"CTO"})");
  ASSERT_EQ(Patch(R"({"title":"CFO"})").status, 200);
  const Received then = Get("1?asOf=" + before);
  EXPECT_EQ(then.body, created_.body);
  EXPECT_EQ(then.Header("etag"), "\"" + before + "\"");
  EXPECT_EQ(then.Header("contacts-position"), before);
  EXPECT_EQ(Get("1?asOf=" + changed.Header("contacts-position")).body, changed.body);
  EXPECT_EQ(Get("1?asOf=1").status, 404) << "it did not exist yet";
  EXPECT_EQ(Get("1?asOf=2000-01-01T00:00:00Z").status, 404);
  EXPECT_EQ(Get("1?asOf=9000-01-01t01:00:00.5%2B01:00").body, Get("1").body);
  const std::string at = changed.body.substr(changed.body.find("\"updatedAt\":\"") + 13, 24);
  EXPECT_EQ(Get("1?asOf=" + at).status, 200);
  EXPECT_EQ(Get("1?asOf=2.1").status, 410) << "of an epoch that has not begun";
  EXPECT_EQ(Get("1?asOf=yesterday").status, 400);
  EXPECT_EQ(Get("1?asOf=2026-01-01T00:00:00").status, 400) << "no offset";
  EXPECT_EQ(Get("1?asOf=1&asOf=2").status, 400);
}

TEST_F(ContactItemTest, ItsHistorySaysWhoAndWhy) {
  ASSERT_EQ(Patch(R"({"title":"CTO"})", {{"Contacts-Reason", "promoted%21"}}).status, 200);
  ASSERT_FALSE(whole_.Submit(kAcme, PlaceHold{ContactId{1}}).error);
  const std::string actor = R"("actor":{"id":"1","name":"ada"})";
  const std::string all = History();
  EXPECT_TRUE(Has(all, R"({"changes":[{"sequence":5,"type":"ContactCreated",)" + actor +
                           R"(,"reason":null,"before":null,"after":{"fullName":"Jane",)"))
      << all;
  EXPECT_TRUE(Has(all, R"({"sequence":6,"type":"ContactChanged",)" + actor +
                           R"(,"reason":"promoted!","before":{"title":"CEO"},)"
                           R"("after":{"title":"CTO"},"previous":5})"))
      << all;
  EXPECT_TRUE(Has(all, R"({"sequence":7,"type":"HoldPlaced","actor":{"id":"operator:test",)"
                       R"("name":"test"},"reason":null,"before":null,"after":null,"previous":6}],)"
                       R"("next":null})"))
      << all;
  const std::string first = History("?limit=1");
  EXPECT_TRUE(first.ends_with(R"("next":"5"})")) << first;
  const std::string second = History("?limit=1&after=5");
  EXPECT_TRUE(second.starts_with(R"({"changes":[{"sequence":6,)")) << second;
  EXPECT_TRUE(second.ends_with(R"("next":"6"})")) << second;
  EXPECT_TRUE(History("?limit=1&after=6").ends_with(R"("next":null})"));
  EXPECT_EQ(Get("1/history?limit=0").status, 400);
  EXPECT_EQ(Get("1/history?after=x").status, 400);
}

// A page holds no more than a megabyte, however large the changes are.
TEST_F(ContactItemTest, ALongHistoryComesInPages) {
  const std::string text(15'000, 'x');
  for (int i = 0; i < 50; ++i) {
    const std::string patch = R"({"metadata":{"a":")" + std::to_string(i) + text + "\"}}";
    ASSERT_EQ(Patch(patch).status, 200);
  }
  std::string after = "0";
  int pages = 0;
  size_t changes = 0;
  while (after != "null") {
    const std::string body = Get("1/history?limit=1000&after=" + after).body;
    EXPECT_LT(body.size(), 1'200'000u);
    for (size_t at = 0; (at = body.find(R"("sequence":)", at)) != body.npos; ++at) ++changes;
    const size_t next = body.rfind(R"("next":)") + 7;
    after = body.substr(next, body.size() - 1 - next);
    if (after != "null") after = after.substr(1, after.size() - 2);
    ++pages;
  }
  EXPECT_EQ(changes, 51u);
  EXPECT_EQ(pages, 2);
}

TEST_F(ContactItemTest, AnErasedOneIsGoneForThoseWhoSeeAll) {
  ASSERT_EQ(Create("client@x.org", R"(,"canLogin":true,"company":"X")").status, 200);
  ASSERT_EQ(Patch(R"({"type":"client"})", {}, "2").status, 200);
  whole_.SetPasswordOf(kAcme, "client@x.org");
  const std::string before = created_.Header("contacts-position");
  ASSERT_FALSE(whole_.Submit(kAcme, ErasePerson{ContactId{1}, {}, Ground::kObjected}).error);
  for (const std::string path : {"1", "1/history", "1?asOf="}) {
    const Received gone = Get(path.ends_with('=') ? path + before : path);
    EXPECT_EQ(gone.status, 410) << path;
    EXPECT_TRUE(Has(gone.body, R"("code":"erased")")) << gone.body;
  }
  const Received refused = Patch(R"({"title":"CTO"})");
  EXPECT_EQ(refused.status, 410);
}

TEST_F(ContactItemTest, AnErasedPastIsGoneAndThePresentStays) {
  ASSERT_EQ(Patch(R"({"title":"CTO"})").status, 200);
  const std::string then = Get("1").Header("contacts-position");
  ASSERT_FALSE(whole_.Submit(kAcme, ErasePast{ContactId{1}}).error);
  ASSERT_EQ(Patch(R"({"title":"CFO"})").status, 200);
  EXPECT_EQ(Get("1?asOf=" + then).status, 410);
  EXPECT_TRUE(Has(Get("1").body, R"("title":"CFO")"));
  const std::string all = History();
  EXPECT_FALSE(Has(all, "CEO")) << all;
  EXPECT_TRUE(Has(all, R"("type":"PastErased")")) << all;
  EXPECT_TRUE(Has(all, R"("before":{"title":"CTO"},"after":{"title":"CFO"})")) << all;
}

// What another role may see of a history: the contact of then, the viewer of now.
TEST_F(ContactItemTest, AClientSeesOnlyStatesThatItMightHaveSeen) {
  ASSERT_EQ(Create("client@x.org", R"(,"canLogin":true,"company":"X")").status, 200);
  ASSERT_EQ(Patch(R"({"type":"client"})", {}, "2").status, 200);
  whole_.SetPasswordOf(kAcme, "client@x.org");
  ASSERT_FALSE(whole_.Submit(kAcme, ChangeUser{"client@x.org", "client", {}}).error);
  const http::Header client = whole_.LogIn(kAcme, "client@x.org");
  ASSERT_EQ(Create("v@x.org", R"(,"company":"Y")").status, 200);
  ASSERT_EQ(Patch(R"({"type":"vendor"})", {}, "3").status, 200);
  const std::string hidden = Get("3").Header("contacts-position");
  EXPECT_EQ(whole_.Send("GET", "/contacts/3", {client}).status, 404);
  ASSERT_EQ(Patch(R"({"company":"X"})", {}, "3").status, 200);
  EXPECT_EQ(whole_.Send("GET", "/contacts/3", {client}).status, 200);
  EXPECT_EQ(whole_.Send("GET", "/contacts/3?asOf=" + hidden, {client}).status, 404);
  const std::string body = whole_.Send("GET", "/contacts/3/history", {client}).body;
  EXPECT_TRUE(Has(body, R"("before":null,"after":{"company":"X"})")) << body;
  EXPECT_TRUE(Has(body, R"("actor":null,"reason":null,"before":{"type":"internal"},"after":null)"))
      << body;
}

// Every place that shows a contact follows a change of the caller's own company.
TEST_F(ContactItemTest, AChangeOfItsCompanyChangesWhatAClientSees) {
  ASSERT_EQ(Create("client@x.org", R"(,"canLogin":true,"company":"X")").status, 200);
  ASSERT_EQ(Patch(R"({"type":"client"})", {}, "2").status, 200);
  ASSERT_FALSE(whole_.Submit(kAcme, ChangeUser{"client@x.org", "client", {}}).error);
  whole_.SetPasswordOf(kAcme, "client@x.org");
  const http::Header client = whole_.LogIn(kAcme, "client@x.org");
  ASSERT_EQ(Create("v@x.org", R"(,"company":"Y")").status, 200);
  ASSERT_EQ(Patch(R"({"type":"vendor"})", {}, "3").status, 200);
  EXPECT_FALSE(Has(whole_.Send("GET", "/contacts", {client}).body, "v@x.org"));
  ASSERT_EQ(Patch(R"({"company":"Y"})", {}, "2").status, 200);
  EXPECT_TRUE(Has(whole_.Send("GET", "/contacts", {client}).body, "v@x.org"));
  EXPECT_TRUE(Has(whole_.Send("GET", "/contacts/mentions", {client}).body, "v@x.org"));
  EXPECT_EQ(whole_.Send("GET", "/contacts/3", {client}).status, 200);
  ASSERT_EQ(Patch(R"({"company":null})", {}, "2").status, 200);
  EXPECT_FALSE(Has(whole_.Send("GET", "/contacts", {client}).body, "v@x.org"));
  EXPECT_EQ(whole_.Send("GET", "/contacts/3", {client}).status, 404);
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
