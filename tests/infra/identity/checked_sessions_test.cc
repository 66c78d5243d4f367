#include "infra/identity/checked_sessions.h"

#include <gtest/gtest.h>

#include "projections/store/keys.h"
#include "projections/store/replaceable_view_store.h"
#include "tests/support/acme.h"
#include "tests/support/memory_view_store.h"

namespace contacts {
namespace {

const std::vector<std::string_view> kCookies{"connect.sid=s%3Aone"};

class CheckedSessionsTest : public ::testing::Test {
 protected:
  void Remember(const std::vector<std::string_view>& cookies, uint64_t ends,
                const std::string& name = "jane") {
    checked_.Remember(cookies, Session{kAcme, UserId{"7"}, name, "admin", std::nullopt}, ends,
                      views_.VersionStamp(kAcme), Timestamp{1000});
  }
  bool Finds(const std::vector<std::string_view>& cookies = kCookies, int64_t now = 999) {
    return checked_.Find(cookies, Timestamp{now}) != nullptr;
  }
  void Change(const TenantId& tenant) {
    ViewBatch batch;
    batch.Put(View::kUsers, keys::User(tenant, UserId{"7"}), "");
    views_.Write(batch);
  }

  MemoryViewStore views_;
  CheckedSessions checked_{views_, 64};
};

TEST_F(CheckedSessionsTest, TheSameCookiesHaveTheSameSessionUntilItsTime) {
  EXPECT_FALSE(Finds());
  Remember(kCookies, checked_.ends());
  EXPECT_TRUE(Finds(kCookies, 999));
  EXPECT_EQ(checked_.Find(kCookies, Timestamp{0})->username, "jane");
  EXPECT_FALSE(Finds(kCookies, 1000));
  EXPECT_FALSE(Finds({"connect.sid=s%3Aother"}));
  EXPECT_FALSE(Finds({"connect.sid=s%3Aone", "connect.sid=s%3Aone"}));
  EXPECT_FALSE(Finds({}));
}

TEST_F(CheckedSessionsTest, AChangeOfItsTenantEndsIt) {
  Remember(kCookies, checked_.ends());
  Change(TenantId{"umbrella"});
  EXPECT_TRUE(Finds());
  Change(kAcme);
  EXPECT_FALSE(Finds());
}

TEST_F(CheckedSessionsTest, AStoreThatIsReplacedEndsIt) {
  ReplaceableViewStore views(std::make_shared<MemoryViewStore>());
  CheckedSessions checked(views, 64);
  const auto remember = [&] {
    checked.Remember(kCookies, Session{kAcme, UserId{"7"}, "jane", "admin", std::nullopt},
                     checked.ends(), views.VersionStamp(kAcme), Timestamp{1000});
  };
  remember();
  ASSERT_TRUE(checked.Find(kCookies, Timestamp{0}));
  ASSERT_TRUE(views.Replace(std::make_shared<MemoryViewStore>()));
  EXPECT_FALSE(checked.Find(kCookies, Timestamp{0}));
  remember();
  EXPECT_TRUE(checked.Find(kCookies, Timestamp{0}));
}

TEST_F(CheckedSessionsTest, AnEndedSessionIsNotFoundAlsoIfItWasCheckedMeanwhile) {
  const uint64_t before = checked_.ends();
  Remember(kCookies, before);
  checked_.SessionEnded();
  EXPECT_FALSE(Finds());
  Remember(kCookies, before);
  EXPECT_FALSE(Finds());
  Remember(kCookies, checked_.ends());
  EXPECT_TRUE(Finds());
}

TEST_F(CheckedSessionsTest, NothingIsRememberedWithoutAVersion) {
  checked_.Remember(kCookies, Session{kAcme, UserId{"7"}, "jane", "admin", std::nullopt},
                    checked_.ends(), std::nullopt, Timestamp{1000});
  EXPECT_FALSE(Finds());
}

TEST_F(CheckedSessionsTest, TheMemoryIsBounded) {
  const std::string longest(1024, 'x');
  Remember({longest}, checked_.ends());
  EXPECT_TRUE(Finds({longest}));
  const std::string longer(1025, 'x');
  Remember({longer}, checked_.ends());
  EXPECT_FALSE(Finds({longer}));
  int kept = 0;
  for (int i = 0; i < 1000; ++i) Remember({std::to_string(i)}, checked_.ends());
  for (int i = 0; i < 1000; ++i) kept += Finds({std::to_string(i)}) ? 1 : 0;
  EXPECT_GT(kept, 0);
  EXPECT_LE(kept, 64);
}

}  // namespace
}  // namespace contacts
