#include <gtest/gtest.h>

#include <string>

#include "events/json/json_archive.h"
#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "projections/view_lookup.h"
#include "tests/infra/api/scripted_service.h"
#include "tests/support/acme.h"
#include "tests/support/gunzip.h"

namespace contacts::api {
namespace {

ContactCreated Created(int64_t id, ContactType type = ContactType::kInternal,
                       std::optional<std::string> company = {}) {
  ContactCreated event;
  event.id = ContactId{id};
  event.fields.full_name = "Name " + std::to_string(id);
  event.fields.email = "name" + std::to_string(id) + "@example.com";
  event.fields.type = type;
  event.fields.company = std::move(company);
  return event;
}

class ListRoutesTest : public ::testing::Test {
 protected:
  void Given(int64_t contacts) {
    for (int64_t id = 1; id <= contacts; ++id) service_.past.Then(kAcme, Created(id));
  }
  static std::string Json(int64_t id) {
    return ToJson(ContactOf(Created(id), testing::TimeOf(Sequence{id})));
  }

  ScriptedService service_;
};

TEST_F(ListRoutesTest, ContactsAreAnsweredUnderBothBases) {
  Given(2);
  const Received received = service_.Get("/api/contacts", {kAdmin});
  EXPECT_EQ(received.status, 200);
  EXPECT_EQ(received.body, "[" + Json(1) + "," + Json(2) + "]");
  EXPECT_EQ(received.Header("content-type"), "application/json; charset=utf-8");
  EXPECT_EQ(received.Header("cache-control"), "private, no-cache");
  EXPECT_EQ(received.Header("vary"), "Cookie, Accept-Encoding");
  EXPECT_EQ(received.Header("contacts-position"), "2");
  EXPECT_EQ(received.Header("contacts-parked"), "");
  EXPECT_EQ(service_.Get("/contacts", {kAdmin}).body, received.body);
}

// All clients of the front's thread would wait for a long one.
TEST_F(ListRoutesTest, OnlyAShortListIsRenderedByTheFrontsThread) {
  constexpr int64_t kShort = 8 * 128;
  Given(kShort);
  EXPECT_EQ(service_.Get("/api/contacts", {kAdmin}).status, 200);
  EXPECT_EQ(service_.views.snapshot_by(), "http");
  constexpr int64_t kLong = 5 * kShort;
  for (int64_t id = kShort + 1; id <= kLong; ++id) service_.past.Then(kAcme, Created(id));
  const Received mentions = service_.Get("/api/contacts/mentions", {kAdmin});
  EXPECT_EQ(mentions.status, 200);
  EXPECT_EQ(mentions.Header("contacts-position"), std::to_string(kLong));
  EXPECT_EQ(service_.views.snapshot_by(), "api rendering");
  EXPECT_EQ(service_.Get("/api/contacts/mentions", {kAdmin}).body, mentions.body);
  // The parts rendered before are reused, and one is added.
  service_.past.Then(kAcme, Created(kLong + 1));
  EXPECT_EQ(service_.Get("/api/contacts/mentions", {kAdmin}).status, 200);
  EXPECT_EQ(service_.views.snapshot_by(), "http");
}

TEST_F(ListRoutesTest, ALongListComesWholeAlsoCompressed) {
  Given(17 * 128);
  const std::string plain = service_.Get("/api/contacts", {kAdmin}).body;
  const Received zipped = service_.Get("/api/contacts", {kAdmin, {"Accept-Encoding", "gzip"}});
  EXPECT_EQ(zipped.Header("content-encoding"), "gzip");
  EXPECT_EQ(Gunzip(zipped.body), plain);
}

// It is read by the front's thread, and compressed by another one.
TEST_F(ListRoutesTest, ALongPageComesWholeAlsoCompressed) {
  Given(950);
  const std::string target = "/api/contacts?limit=900";
  const Received plain = service_.Get(target, {kAdmin});
  const Received zipped = service_.Get(target, {kAdmin, {"Accept-Encoding", "gzip"}});
  EXPECT_EQ(zipped.Header("content-encoding"), "gzip");
  EXPECT_EQ(Gunzip(zipped.body), plain.body);
  EXPECT_EQ(service_.views.snapshot_by(), "http");
  EXPECT_NE(zipped.Header("link"), "");
  EXPECT_EQ(zipped.Header("link"), plain.Header("link"));
  EXPECT_EQ(zipped.Header("contacts-position"), "950");
  const Received rest = service_.Get("/api/contacts?after=900", {kAdmin});
  EXPECT_EQ(service_.views.snapshot_by(), "api rendering");
  const http::Header known{"If-None-Match", rest.Header("etag")};
  EXPECT_EQ(service_.Get("/api/contacts?after=900", {kAdmin, known}).status, 304);
  EXPECT_EQ(service_.views.snapshot_by(), "http") << "it is not made again";
}

TEST_F(ListRoutesTest, MentionsAreAnswered) {
  Given(1);
  const Received received = service_.Get("/api/contacts/mentions", {kMember});
  EXPECT_EQ(received.status, 200);
  EXPECT_EQ(received.body,
            R"([{"id":1,"fullName":"Name 1","mentionName":null,"email":"name1@example.com"}])");
}

TEST_F(ListRoutesTest, AnEmptyListIsAnArray) {
  const Received received = service_.Get("/api/contacts", {kAdmin});
  EXPECT_EQ(received.body, "[]");
  EXPECT_EQ(received.Header("contacts-position"), "0");
}

TEST_F(ListRoutesTest, WithoutASessionThereIsNothingToRead) {
  for (const char* target : {"/api/contacts", "/api/contacts/mentions", "/api/user"}) {
    const Received received = service_.Get(target);
    EXPECT_EQ(received.status, 401) << target;
    EXPECT_EQ(received.body, R"({"error":"Unauthorized","message":"Log in first."})");
    EXPECT_EQ(received.Header("contacts-position"), "");
  }
}

TEST_F(ListRoutesTest, AListThatIsStillCurrentIsNotSentAgain) {
  Given(1);
  const std::string etag = service_.Get("/api/contacts", {kAdmin}).Header("etag");
  ASSERT_FALSE(etag.empty());
  for (const std::string& known : {etag, "W/" + etag, "\"other\", " + etag, std::string("*")}) {
    const Received again = service_.Get("/api/contacts", {kAdmin, {"If-None-Match", known}});
    EXPECT_EQ(again.status, 304) << known;
    EXPECT_EQ(again.body, "");
    EXPECT_EQ(again.Header("etag"), etag);
    EXPECT_EQ(again.Header("vary"), "Cookie, Accept-Encoding");
    EXPECT_EQ(again.Header("cache-control"), "private, no-cache");
    EXPECT_EQ(again.Header("contacts-position"), "1");
  }
}

// RFC 9110, 13.2.1: a server must evaluate it, also for GET. It was ignored.
TEST_F(ListRoutesTest, AListIsNotSentWithAnIfMatchThatNamesAnotherTag) {
  Given(300);
  for (const char* target : {"/api/contacts", "/api/contacts?limit=1",
                             "/api/contacts?asOf=9000-01-01T00:00:00Z", "/api/contacts/mentions"}) {
    for (const bool gzip : {false, true}) {
      const http::Header coding{"Accept-Encoding", gzip ? "gzip" : "identity"};
      const auto get = [&](const std::string& match, const std::string& none_match = "\"x\"") {
        return service_.Get(target,
                            {kAdmin, coding, {"If-Match", match}, {"If-None-Match", none_match}});
      };
      const std::string etag = service_.Get(target, {kAdmin, coding}).Header("etag");
      EXPECT_EQ(get(etag).status, 200) << target;
      EXPECT_EQ(get("*").status, 200) << target;
      EXPECT_EQ(get("\"x\", " + etag, etag).status, 304) << target;
      for (const std::string& other : {std::string("\"x\""), "W/" + etag, std::string()}) {
        const Received refused = get(other, etag);
        EXPECT_EQ(refused.status, 412) << target << other;
        EXPECT_EQ(refused.Header("etag"), etag);
        EXPECT_EQ(refused.body, R"({"error":"Precondition Failed","message":)"
                                R"("The list has another ETag than If-Match names"})");
      }
    }
  }
}

TEST_F(ListRoutesTest, ARecordThatChangesNoContactLeavesTheTag) {
  Given(1);
  const std::string etag = service_.Get("/api/contacts", {kAdmin}).Header("etag");
  service_.past.Then(kAcme, UserAdded{UserId{"9"}, "jim", "member", std::nullopt});
  const Received again = service_.Get("/api/contacts", {kAdmin, {"If-None-Match", etag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.Header("contacts-position"), "2");
}

TEST_F(ListRoutesTest, AChangeAnotherViewerAndAnotherListHaveAnotherTag) {
  Given(1);
  const std::string etag = service_.Get("/api/contacts", {kAdmin}).Header("etag");
  const http::Header known{"If-None-Match", etag};
  EXPECT_EQ(service_.Get("/api/contacts", {kMember, known}).status, 304);
  EXPECT_EQ(service_.Get("/api/contacts", {{"Cookie", "client:1"}, known}).status, 200);
  EXPECT_EQ(service_.Get("/api/contacts/mentions", {kAdmin, known}).status, 200);
  service_.past.Then(kAcme, Created(2));
  const Received changed = service_.Get("/api/contacts", {kAdmin, known});
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(changed.body, "[" + Json(1) + "," + Json(2) + "]");
}

TEST_F(ListRoutesTest, AClientSeesOnlyItsPart) {
  service_.past.Then(kAcme, Created(1, ContactType::kVendor, "Other"));
  service_.past.Then(kAcme, Created(2, ContactType::kClient, "Wey"));
  service_.past.Then(kAcme, Created(3, ContactType::kVendor, "Wey"));
  EXPECT_EQ(service_.Get("/api/contacts/mentions", {{"Cookie", "client:2"}}).body,
            R"([{"id":2,"fullName":"Name 2","mentionName":null,"email":"name2@example.com"},)"
            R"({"id":3,"fullName":"Name 3","mentionName":null,"email":"name3@example.com"}])");
  EXPECT_EQ(service_.Get("/api/contacts", {{"Cookie", "client"}}).body, "[]");
}

TEST_F(ListRoutesTest, ALongListComesCompressedToAClientThatTakesGzip) {
  Given(300);
  const Received plain = service_.Get("/api/contacts", {kAdmin});
  const Received gzip = service_.Get("/api/contacts", {kAdmin, {"Accept-Encoding", "br, gzip"}});
  EXPECT_EQ(plain.Header("content-encoding"), "");
  EXPECT_EQ(gzip.Header("content-encoding"), "gzip");
  EXPECT_LT(gzip.body.size() * 4, plain.body.size());
  EXPECT_EQ(Gunzip(gzip.body), plain.body);
  EXPECT_NE(gzip.Header("etag"), plain.Header("etag"));
  EXPECT_EQ(service_
                .Get("/api/contacts",
                     {kAdmin, {"Accept-Encoding", "gzip"}, {"If-None-Match", gzip.Header("etag")}})
                .status,
            304);
  EXPECT_EQ(service_.Get("/api/contacts", {kAdmin, {"If-None-Match", gzip.Header("etag")}}).status,
            200);
}

TEST_F(ListRoutesTest, AShortListIsNotCompressed) {
  Given(1);
  const Received received = service_.Get("/api/contacts", {kAdmin, {"Accept-Encoding", "gzip"}});
  EXPECT_EQ(received.Header("content-encoding"), "");
  EXPECT_EQ(received.body, "[" + Json(1) + "]");
}

TEST_F(ListRoutesTest, AnUnknownParameterIsRefused) {
  EXPECT_EQ(service_.Get("/api/contacts?limitt=5", {kAdmin}).status, 400);
  EXPECT_EQ(service_.Get("/api/contacts/mentions?x", {kAdmin}).status, 400);
}

TEST_F(ListRoutesTest, AParkedTenantSaysSo) {
  Given(1);
  TenantRow row = ViewLookup(service_.views).Tenant(kAcme);
  row.head = Sequence{7};
  row.parked = "a newer release wrote it";
  ViewBatch batch;
  batch.Put(View::kTenants, keys::Tenant(kAcme), ToRow(row));
  service_.views.Write(batch);
  for (const char* target : {"/api/contacts", "/api/user"}) {
    const Received received = service_.Get(target, {kAdmin});
    EXPECT_EQ(received.status, 200);
    EXPECT_EQ(received.Header("contacts-position"), "1");
    EXPECT_EQ(received.Header("contacts-parked"), "2");
  }
}

TEST_F(ListRoutesTest, AFailingStoreIsA503WithoutDetails) {
  Given(1);
  service_.views.fails = true;
  const Received received = service_.Get("/api/contacts", {kAdmin});
  EXPECT_EQ(received.status, 503);
  EXPECT_NE(received.Header("retry-after"), "");
  EXPECT_EQ(received.body.find("secret"), std::string::npos);
  service_.views.fails = false;
  EXPECT_EQ(service_.Get("/api/contacts", {kAdmin}).status, 200);
}

}  // namespace
}  // namespace contacts::api
