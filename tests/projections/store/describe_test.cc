#include "projections/store/describe.h"

#include "tests/projections/projected.h"
#include "tests/support/keys.h"

namespace contacts::testing {
namespace {

TEST(Describe, HasOneReadableLineForEachRow) {
  LogScript log;
  log.Opens().Then("acme", Added("1", "tab\there", "admin"), {"op", "k"}).Raw("acme", "foreign");
  MemoryViewStore views;
  ApplyAll(views, log.entries());

  const Head head = log.head("acme");
  EXPECT_EQ(
      Describe(views),
      R"(checkpoints \x00\x00\x00\x00 → {"logId":"log-1","next":3,"before":")" +
          ToHex(Sha256("foreign")) +
          R"(","beforeAppended":"2025-11-24T16:00:00.002Z","superseded":0,"foreign":1,"epoch":1})"
          "\n"
          R"(tenants acme → {"head":1,"headHash":")" +
          ToHex(head.hash) +
          R"(","time":"2025-11-24T16:00:01.000Z","applied":1,"contactsChanged":0,)"
          R"("lastContactId":0,"contacts":0,"lastUserId":1,"users":1,"contactLimit":null,)"
          R"("erasure":0,"monthsErased":0,"parked":"","closed":"","keys":")" +
          ToHex(TestTree(TenantId{"acme"})) +
          R"(","epochs":[],"obeyed":0})"
          "\n"
          R"(users acme 1 → {"userId":"1","username":"tab\there",)"
          R"("state":{"role":"admin","disabled":false},"contactId":null,"credentialId":"",)"
          R"("sessionsEnded":0,"invitation":null})"
          "\n"
          R"(user_names acme tab\x09here → 1)"
          "\n"
          R"(keys acme \x00\x00\x00\x02opk → 1)"
          "\nrecords acme 1 → " +
          log.entries()[1].value +
          "\n"
          R"(foreign \x00\x00\x00\x00 → {"newest":[{"offset":2,"appended":"2025-11-24T16:00:00.002Z",)"
          R"("key":"acme","bytes":7,"reason":"not one JSON object with nothing around it"}],"unknownTenants":[]})"
          "\n");
}

TEST(Digest, ChangesWithEveryRowButThoseOfTheLog) {
  const auto digest = [](View view, const std::string& key, const std::string& value) {
    MemoryViewStore views;
    ViewBatch batch;
    batch.Put(view, key, value);
    views.Write(batch);
    return Digest(views);
  };
  const Hash empty = Digest(MemoryViewStore());
  EXPECT_EQ(empty, Hash{});
  const std::set<View> of_the_log = {View::kCheckpoints, View::kSuperseded, View::kForeign};
  std::set<Hash> digests;
  for (int v = 0; v < kViews; ++v) {
    if (of_the_log.contains(View{v})) {
      EXPECT_EQ(digest(View{v}, "k", "v"), empty);
    } else {
      digests.insert(digest(View{v}, "k", "v"));
    }
  }
  EXPECT_EQ(digests.size(), kViews - of_the_log.size());
  EXPECT_FALSE(digests.contains(empty));
  EXPECT_NE(digest(View::kUsers, "k", "v"), digest(View::kUsers, "k", "w"));
  EXPECT_NE(digest(View::kUsers, "kv", ""), digest(View::kUsers, "k", "v"));
  using namespace std::string_literals;
  EXPECT_EQ(digest(View::kUsers, "k", "v"),
            Sha256(std::string(32, '\0') + "\x05\0\0\0\x01k\0\0\0\x01v"s));
}

}  // namespace
}  // namespace contacts::testing
