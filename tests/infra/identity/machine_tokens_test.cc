#include "infra/identity/machine_tokens.h"

#include <gtest/gtest.h>

#include <set>

#include "events/rows/row_archive.h"
#include "infra/identity/carried_token.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"
#include "tests/support/memory_view_store.h"

namespace contacts {
namespace {

TEST(CarriedToken, NamesItsTenantAndId) {
  for (const char* tenant : {"acme", "a_b", "a__b_", "A.b-c_0"}) {
    const std::string text = NewCarriedToken(kMachineToken, TenantId{tenant}, "12-ab");
    const auto read = ReadCarriedToken(kMachineToken, text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->tenant, TenantId{tenant});
    EXPECT_EQ(read->id, "12-ab");
    EXPECT_EQ(read->hash, Sha256(text));
    EXPECT_FALSE(ReadCarriedToken(kInvitation, text));
  }
}

TEST(CarriedToken, HasANewSecretEachTime) {
  std::set<std::string> texts;
  for (int i = 0; i < 100; ++i) {
    texts.insert(NewCarriedToken(kInvitation, TenantId{"acme"}, "1") + NewTokenId());
  }
  EXPECT_EQ(texts.size(), 100u);
}

TEST(CarriedToken, AnyOtherTextIsNotAToken) {
  const std::string secret(64, 'a');
  EXPECT_TRUE(ReadCarriedToken(kMachineToken, "ctk_acme_1_" + secret));
  for (const std::string& text :
       {std::string(), std::string("_"), "ctk_acme_1_" + secret.substr(1),
        "ctk_acme_1_" + secret + "a", "ctk_acme_1_A" + secret.substr(1), "ctk_acme__" + secret,
        "ctk_acme_1 _" + secret, "ctk__1_" + secret, "ctk_-acme_1_" + secret, "ctkacme_1_" + secret,
        "cin_acme_1_" + secret, "acme_1_" + secret, "ctk_1_" + secret, "1_" + secret, secret,
        "ctk_ac me_1_" + secret, "ctk_acme_" + std::string(65, '1') + "_" + secret}) {
    EXPECT_FALSE(ReadCarriedToken(kMachineToken, text)) << text;
  }
}

class MachineTokensTest : public ::testing::Test {
 protected:
  std::string Issue(const std::string& id, std::optional<Timestamp> expires = {},
                    const std::string& tenant = "acme") {
    const std::string text = NewCarriedToken(kMachineToken, TenantId{tenant}, id);
    row_ = {id, "feed", TokenScope::kWrite, expires, Sha256(text), false};
    Put(tenant);
    return text;
  }
  void Put(const std::string& tenant = "acme") {
    ViewBatch batch;
    batch.Put(View::kTokens, keys::Token(TenantId{tenant}, row_.token_id), ToRow(row_));
    views_.Write(batch);
  }
  void ExpectRefused(const std::string& text) {
    const auto found = tokens_.Find(text);
    ASSERT_FALSE(found.ok());
    EXPECT_EQ(found.error(),
              (Error{ErrorCode::kUnauthenticated, "The token is invalid, revoked or expired."}));
  }

  MemoryViewStore views_;
  TokenRow row_;
  Timestamp now_{1000};
  MachineTokens tokens_{views_, [this] { return now_; }};
};

TEST_F(MachineTokensTest, ATokenIsAUserOfItsNameAndScope) {
  const auto found = tokens_.Find(Issue("t1"));
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->tenant, TenantId{"acme"});
  EXPECT_EQ(found->user_id, UserId{"token:t1"});
  EXPECT_EQ(found->username, "feed");
  EXPECT_EQ(found->role, "token:write");
  EXPECT_EQ(found->contact_id, std::nullopt);
}

TEST_F(MachineTokensTest, ARevokedOrExpiredTokenEndsImmediately) {
  const std::string text = Issue("t1", Timestamp{1001});
  EXPECT_TRUE(tokens_.Find(text).ok());
  now_ = Timestamp{1001};
  ExpectRefused(text);
  const std::string another = Issue("t2");
  row_.revoked = true;
  Put();
  ExpectRefused(another);
}

TEST_F(MachineTokensTest, AnotherSecretTenantOrIdIsRefused) {
  const std::string text = Issue("t1");
  ExpectRefused("");
  ExpectRefused(NewCarriedToken(kMachineToken, TenantId{"acme"}, "t1"));
  ExpectRefused("ctk_umbrella" + text.substr(8));
  Issue("t1", {}, "umbrella");
  ExpectRefused("ctk_umbrella" + text.substr(8));
  EXPECT_TRUE(tokens_.Find(text).ok());
}

}  // namespace
}  // namespace contacts
