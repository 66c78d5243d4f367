// The past of one contact over HTTP: as it was, its history, and who may see what of it.
#include <gtest/gtest.h>

#include "tests/infra/api/contact_item_fixture.h"

namespace contacts::api {
namespace {

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

}  // namespace
}  // namespace contacts::api
