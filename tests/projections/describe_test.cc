#include "projections/describe.h"

#include "tests/projections/projected.h"

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
          R"(","beforeAppended":"2025-11-24T16:00:00.002Z","superseded":0,"foreign":1})"
          "\n"
          R"(tenants acme → {"head":1,"headHash":")" +
          ToHex(head.hash) +
          R"(","time":"2025-11-24T16:00:01.000Z","applied":1,"contactsChanged":0,)"
          R"("contacts":0,"users":1,"parked":""})"
          "\n"
          R"(users acme 1 → {"userId":"1","username":"tab\there",)"
          R"("state":{"role":"admin","disabled":false},"contactId":null,"credentialId":"",)"
          R"("sessionsEnded":0})"
          "\n"
          R"(user_names acme tab\x09here → 1)"
          "\n"
          R"(keys acme \x00\x00\x00\x02opk → 1)"
          "\nrecords acme 1 → " +
          [&] {
            std::string text = log.entries()[1].value;
            text.replace(text.find(R"(\t)"), 2, R"(\x5ct)");
            return text;
          }() +
          "\n");
}

TEST(Digest, ChangesWithEveryRowButTheCheckpoints) {
  const auto digest = [](View view, const std::string& key, const std::string& value) {
    MemoryViewStore views;
    ViewBatch batch;
    batch.Put(view, key, value);
    views.Write(batch);
    return Digest(views);
  };
  const Hash empty = Digest(MemoryViewStore());
  EXPECT_EQ(empty, Hash{});
  EXPECT_EQ(digest(View::kCheckpoints, "k", "v"), empty);
  std::set<Hash> digests = {empty};
  for (int view = 0; view < kViews; ++view) {
    if (View{view} != View::kCheckpoints) digests.insert(digest(View{view}, "k", "v"));
  }
  EXPECT_EQ(digests.size(), static_cast<size_t>(kViews));
  EXPECT_NE(digest(View::kUsers, "k", "v"), digest(View::kUsers, "k", "w"));
  EXPECT_NE(digest(View::kUsers, "kv", ""), digest(View::kUsers, "k", "v"));
  using namespace std::string_literals;
  EXPECT_EQ(digest(View::kUsers, "k", "v"),
            Sha256(std::string(32, '\0') + "\x05\0\0\0\x01k\0\0\0\x01v"s));
}

}  // namespace
}  // namespace contacts::testing
