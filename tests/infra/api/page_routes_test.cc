// GET /contacts page by page and as it was, with nothing scripted.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/infra/api/whole_service.h"
#include "tests/support/gunzip.h"

namespace contacts::api {
namespace {

class PageRoutesTest : public ::testing::Test {
 protected:
  PageRoutesTest() {
    whole_.AddUserOf(kAcme, "ada", "admin");
    ada_ = whole_.LogIn(kAcme, "ada");
  }
  Received Create(const std::string& name, const std::string& more = "") {
    const Received created = whole_.Send("POST", "/api/contacts", {ada_},
                                         R"({"fullName":")" + name + R"(","email":")" + name +
                                             R"(@example.com","type":"client")" + more + "}");
    EXPECT_EQ(created.status, 200) << created.body;
    return created;
  }
  void GivenContacts(int count) {
    for (int i = 1; i <= count; ++i) Create("name" + std::to_string(i));
  }
  void Change(int id, const std::string& patch) {
    const Received changed =
        whole_.Send("PATCH", "/api/contacts/" + std::to_string(id), {ada_}, patch);
    EXPECT_EQ(changed.status, 200) << changed.body;
  }
  Received Get(const std::string& target, std::vector<http::Header> headers = {}) {
    headers.push_back(ada_);
    return whole_.Send("GET", target, headers);
  }
  // The client whose contact is `name`, of the company Wey.
  http::Header GivenClient(const std::string& name) {
    Create(name, R"(,"company":"Wey","canLogin":true)");
    whole_.SetPasswordOf(kAcme, name + "@example.com");
    return whole_.LogIn(kAcme, name + "@example.com");
  }
  // The target of the link to the next page; "": there is none.
  static std::string NextOf(const Received& page) {
    const std::string link = page.Header("link");
    const std::string end = ">; rel=\"next\"";
    if (link.empty()) return "";
    EXPECT_TRUE(link.starts_with("<") && link.ends_with(end)) << link;
    return link.substr(1, link.size() - 1 - end.size());
  }
  static std::string Joined(const std::string& body, const std::string& more) {
    if (more == "[]") return body;
    if (body.empty() || body == "[]") return more;
    return body.substr(0, body.size() - 1) + "," + more.substr(1);
  }

  Whole whole_;
  http::Header ada_;
};

TEST_F(PageRoutesTest, AWalkIsTheListOfItsFirstPageWhileOthersWrite) {
  GivenContacts(7);
  const Received list = Get("/api/contacts");
  const std::string position = list.Header("contacts-position");
  EXPECT_EQ(list.Header("link"), "");
  Received page = Get("/api/contacts?limit=3");
  EXPECT_EQ(NextOf(page).substr(0, NextOf(page).find("&view=")),
            "/api/contacts?limit=3&after=3&asOf=" + position);
  std::string all = page.body;
  std::vector<std::string> tags{list.Header("etag"), page.Header("etag")};
  for (int pages = 1;; ++pages) {
    EXPECT_EQ(page.status, 200) << page.body;
    EXPECT_EQ(page.Header("contacts-position"), position);
    EXPECT_EQ(page.Header("cache-control"), "private, no-cache");
    EXPECT_EQ(page.Header("vary"), "Cookie, Accept-Encoding");
    const std::string next = NextOf(page);
    if (next.empty()) {
      EXPECT_EQ(pages, 3);
      break;
    }
    Create("late" + std::to_string(pages));
    for (const int id : {1, 5, 7}) Change(id, R"({"title":"changed )" + position + next + "\"}");
    page = Get(next);
    all = Joined(all, page.body);
  }
  EXPECT_EQ(all, list.body);
  EXPECT_NE(Get("/api/contacts").body, list.body);
  const Received then = Get("/api/contacts?asOf=" + position);
  EXPECT_EQ(then.body, list.body);
  EXPECT_EQ(then.Header("contacts-position"), position);
  EXPECT_EQ(then.Header("link"), "");
  EXPECT_EQ(Joined(page.body.substr(0, 0), Get("/api/contacts?after=6&asOf=" + position).body),
            page.body);
}

TEST_F(PageRoutesTest, ALinkStaysUnderTheBaseOfItsRequest) {
  GivenContacts(2);
  EXPECT_TRUE(NextOf(Get("/contacts?limit=1")).starts_with("/contacts?limit=1&after=1&asOf="));
  const std::string next = NextOf(Get("/contacts?limit=1"));
  EXPECT_EQ(NextOf(Get(next)), "");
  EXPECT_EQ(Get("/api/contacts?limit=2").Header("link"), "");
}

TEST_F(PageRoutesTest, ATimeIsThePositionOfThen) {
  EXPECT_EQ(Get("/api/contacts?asOf=2020-01-01T00:00:00Z").body, "[]");
  EXPECT_EQ(Get("/api/contacts?asOf=2020-01-01T00:00:00Z").Header("contacts-position"), "0");
  GivenContacts(2);
  const Received list = Get("/api/contacts");
  const Received future = Get("/api/contacts?asOf=2099-01-01T00:00:00%2B02:00&limit=1");
  EXPECT_EQ(future.Header("contacts-position"), list.Header("contacts-position"));
  EXPECT_NE(NextOf(future).find("&asOf=" + list.Header("contacts-position") + "&"),
            std::string::npos);
}

TEST_F(PageRoutesTest, AClientSeesItsContactsOnlyAndStartsAnewWhenItsCompanyChanges) {
  const http::Header self = GivenClient("self");
  Create("stranger", R"(,"company":"Other")");
  Create("colleague", R"(,"company":"Wey")");
  Create("later", R"(,"company":"Wey")");
  const Received list = whole_.Send("GET", "/api/contacts", {self});
  const Received first = whole_.Send("GET", "/api/contacts?limit=2", {self});
  EXPECT_EQ(first.body.find("stranger"), std::string::npos);
  EXPECT_NE(first.body.find("colleague"), std::string::npos);
  EXPECT_NE(NextOf(first).find("after=3&"), std::string::npos);
  const Received second = whole_.Send("GET", NextOf(first), {self});
  EXPECT_EQ(Joined(first.body, second.body), list.body);
  EXPECT_EQ(NextOf(second), "");
  EXPECT_EQ(Get(NextOf(first)).status, 410) << "the view is another caller's";
  Change(1, R"({"company":"Other"})");
  const Received refused = whole_.Send("GET", NextOf(first), {self});
  EXPECT_EQ(refused.status, 410);
  EXPECT_NE(refused.body.find(R"("code":"viewChanged","start":"/api/contacts?limit=1000")"),
            std::string::npos)
      << refused.body;
  EXPECT_NE(whole_.Send("GET", "/api/contacts?limit=2", {self}).body.find("stranger"),
            std::string::npos);
}

TEST_F(PageRoutesTest, TheViewAloneGuardsTheWholeList) {
  GivenContacts(2);
  const std::string next = NextOf(Get("/api/contacts?limit=1"));
  const std::string view = next.substr(next.find("view="));
  EXPECT_EQ(Get("/api/contacts?" + view).body, Get("/api/contacts").body);
  EXPECT_EQ(Get("/api/contacts?view=0123456789abcdef").status, 410);
}

TEST_F(PageRoutesTest, APositionThatIsNotInTheHistoryIsRefused) {
  GivenContacts(1);
  const http::Header no_wait{"Prefer", "wait=0"};
  for (const char* target : {"/api/contacts?asOf=2.1", "/api/contacts?asOf=2.1&limit=5"}) {
    const Received refused = Get(target, {no_wait});
    EXPECT_EQ(refused.status, 410) << refused.body;
    EXPECT_NE(refused.body.find("\"code\":\"unknownPosition\""), std::string::npos);
  }
}

TEST_F(PageRoutesTest, AFaultyParameterIsNamed) {
  for (const char* query :
       {"limit=0", "limit=1001", "limit=", "limit=ten", "after=-1", "after=x", "asOf=yesterday",
        "asOf=2026-05-01", "view=", "view=0123456789ABCDEF", "view=0", "cursor=1"}) {
    const Received refused = Get("/api/contacts?" + std::string(query));
    const std::string name = std::string(query).substr(0, std::string(query).find('='));
    EXPECT_EQ(refused.status, 400) << query;
    EXPECT_NE(refused.body.find(name), std::string::npos) << refused.body;
  }
}

TEST_F(PageRoutesTest, APageThatIsStillCurrentIsNotSentAgain) {
  GivenContacts(3);
  const std::string position = Get("/api/user").Header("contacts-position");
  const std::string target = "/api/contacts?limit=2&asOf=" + position;
  const std::string etag = Get(target).Header("etag");
  const Received again = Get(target, {{"If-None-Match", etag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(again.Header("contacts-position"), position);
  EXPECT_EQ(Get(target + "&after=1", {{"If-None-Match", etag}}).status, 200);
  EXPECT_EQ(Get("/api/contacts?limit=3", {{"If-None-Match", etag}}).status, 200);
  ASSERT_EQ(whole_.Send("POST", "/api/contacts/2/erasure", {ada_}, R"({"ground":"a"})").status,
            200);
  EXPECT_EQ(Get(target, {{"If-None-Match", etag}}).status, 200);
}

TEST_F(PageRoutesTest, ErasedContactsAreCountedForThoseWhoSeeAll) {
  const http::Header self = GivenClient("self");
  Create("colleague", R"(,"company":"Wey")");
  Create("third", R"(,"company":"Wey")");
  const std::string target =
      "/api/contacts?limit=2&asOf=" + Get("/api/user").Header("contacts-position");
  EXPECT_EQ(Get(target).Header("contacts-erased"), "");
  ASSERT_EQ(whole_.Send("POST", "/api/contacts/2/erasure", {ada_}, R"({"ground":"a"})").status,
            200);
  const Received page = Get(target);
  EXPECT_EQ(page.body.find("colleague"), std::string::npos);
  EXPECT_NE(page.body.find("third"), std::string::npos);
  EXPECT_EQ(page.Header("contacts-erased"), "1");
  const Received of_client = whole_.Send("GET", target, {self});
  EXPECT_EQ(of_client.body, page.body);
  EXPECT_EQ(of_client.Header("contacts-erased"), "");
  EXPECT_EQ(Get("/api/contacts?limit=2").Header("contacts-erased"), "");
}

TEST_F(PageRoutesTest, TheCountComesOnlyWhenItIsWanted) {
  GivenContacts(3);
  const http::Header exact{"Prefer", "wait=5, Count=\"exact\""};
  EXPECT_EQ(Get("/api/contacts?limit=1").Header("x-total-count"), "");
  EXPECT_EQ(Get("/api/contacts?limit=1", {{"Prefer", "count=planned"}}).Header("x-total-count"),
            "");
  EXPECT_EQ(Get("/api/contacts?limit=1", {exact}).Header("x-total-count"), "3");
  const std::string then = Get("/api/user").Header("contacts-position");
  Create("fourth");
  EXPECT_EQ(Get("/api/contacts?limit=1&asOf=" + then, {exact}).Header("x-total-count"), "3");
  EXPECT_EQ(Get("/api/contacts?limit=1", {exact}).Header("x-total-count"), "4");
}

TEST_F(PageRoutesTest, ALongPageComesCompressed) {
  GivenContacts(20);
  const http::Header gzip{"Accept-Encoding", "gzip"};
  const Received plain = Get("/api/contacts?limit=15");
  const Received zipped = Get("/api/contacts?limit=15", {gzip});
  EXPECT_EQ(zipped.Header("content-encoding"), "gzip");
  EXPECT_EQ(Gunzip(zipped.body), plain.body);
  EXPECT_EQ(zipped.Header("link"), plain.Header("link"));
  EXPECT_EQ(Get("/api/contacts?limit=15", {gzip, {"If-None-Match", zipped.Header("etag")}}).status,
            304);
}

}  // namespace
}  // namespace contacts::api
