#include "projections/views/token_view.h"

#include "tests/projections/projected.h"

namespace contacts::testing {
namespace {

const Hash kHash = Sha256("token");
const std::string kHashText = ToHex(kHash);

TokenIssued Issued(const std::string& id, const std::string& name) {
  return {id, name, TokenScope::kWrite, Timestamp{0}, kHash};
}

std::string RowOf(const std::string& id, const std::string& name, const std::string& revoked) {
  return "tokens acme " + id + R"( → {"tokenId":")" + id + R"(","name":")" + name +
         R"(","scope":"write","expires":"1970-01-01T00:00:00.000Z","hash":")" + kHashText +
         R"(","revoked":)" + revoked + "}\n";
}

TEST(TokenView, ATokenIsFoundByIdAndName) {
  LogScript log;
  log.Opens().Then("acme", Issued("t1", "feed"));

  MemoryViewStore views;
  Project(log, &views);

  EXPECT_EQ(Rows(views, "token"), RowOf("t1", "feed", "false") + "token_names acme feed → t1\n");
}

TEST(TokenView, ARevokedOneIsKeptAndItsNameIsFree) {
  LogScript log;
  log.Opens()
      .Then("acme", Issued("t1", "feed"))
      .Then("acme", TokenRevoked{"t1", "feed"})
      .Then("acme", Issued("t2", "feed"))
      .Then("acme", TokenRevoked{"t9", "other"});

  MemoryViewStore views;
  Project(log, &views);

  EXPECT_EQ(Rows(views, "token"), RowOf("t1", "feed", "true") + RowOf("t2", "feed", "false") +
                                      "token_names acme feed → t2\n");
}

TEST(TokenView, ATokenThatIsRevokedTwiceLeavesTheNameToItsNewOwner) {
  LogScript log;
  log.Opens()
      .Then("acme", Issued("t1", "feed"))
      .Then("acme", TokenRevoked{"t1", "feed"})
      .Then("acme", Issued("t2", "feed"))
      .Then("acme", TokenRevoked{"t1", "feed"});

  MemoryViewStore views;
  Project(log, &views);

  EXPECT_EQ(Rows(views, "token_names"), "token_names acme feed → t2\n");
}

TEST(TenantView, ALimitIsThatOfTheNewestRecord) {
  LogScript log;
  log.Opens().Then("acme", TenantLimited{5}).Then("b", TenantLimited{7}).Then("b", TenantLimited{});

  MemoryViewStore views;
  Project(log, &views);

  EXPECT_NE(Rows(views, "tenants acme").find(R"("contactLimit":5,)"), std::string::npos);
  EXPECT_NE(Rows(views, "tenants b").find(R"("contactLimit":null,)"), std::string::npos);
}

}  // namespace
}  // namespace contacts::testing
