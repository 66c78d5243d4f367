// At each request the views decide whose an embedded session is.
#include "infra/identity/embedded_sessions.h"

#include <gtest/gtest.h>

#include <string>

#include "infra/identity/cookie.h"
#include "tests/infra/identity/embedded_sessions.h"

namespace contacts {
namespace {

TEST_F(EmbeddedSessionsTest, ASessionFollowsTheUsersContact) {
  const std::string cookie = LogIn();
  ASSERT_TRUE(Find(cookie).ok());
  jane_contact_.is_active = false;
  PutContact(jane_contact_);
  ExpectEnded(cookie);
  EXPECT_EQ(Begin().error().code, ErrorCode::kUnauthenticated);
  jane_contact_.is_active = true;
  PutContact(jane_contact_);
  EXPECT_TRUE(Find(cookie).ok());
}

TEST_F(EmbeddedSessionsTest, ALoginIsFoundWithThePresentStateOfTheUser) {
  const std::string cookie = LogIn();
  const auto found = Find("a=b; " + cookie);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found->tenant, TenantId{"acme"});
  EXPECT_EQ(found->user_id, UserId{"7"});
  EXPECT_EQ(found->username, "jane");
  EXPECT_EQ(found->role, "admin");
  EXPECT_EQ(found->contact_id, ContactId{42});
}

TEST_F(EmbeddedSessionsTest, NoForgedUnknownOrForeignCookieIsFound) {
  const std::string cookie = LogIn();
  ExpectEnded("");
  ExpectEnded("connect.sid=");
  ExpectEnded(cookie + "x");
  ExpectEnded("connect.sid=" + SignSession("unknown-but-signed", "secret"));
  ExpectEnded("connect.sid=" + SignSession("unknown", "other secret"));
}

TEST_F(EmbeddedSessionsTest, AChangeOfRoleOrContactCountsImmediately) {
  const std::string cookie = LogIn();
  jane_.state.role = "member";
  jane_.contact_id.reset();
  PutUser(jane_);
  EXPECT_EQ(Find(cookie)->role, "member");
  EXPECT_EQ(Find(cookie)->contact_id, std::nullopt);
}

// A bug once: the old session of a disabled user was valid again when the user was enabled.
TEST_F(EmbeddedSessionsTest, ADisabledUserIsOutImmediatelyAndItsSessionsForGood) {
  PutApplied(17);
  const std::string cookie = LogIn();
  Happens(UserChanged{UserId{"7"}, {"admin", false}, {"admin", true}}, 18);
  ExpectEnded(cookie);
  EXPECT_FALSE(Begin().ok());
  Happens(UserChanged{UserId{"7"}, {"admin", true}, {"admin", false}}, 19);
  ExpectEnded(cookie);
  EXPECT_TRUE(Find(LogIn()).ok());
}

TEST_F(EmbeddedSessionsTest, ANewPasswordEndsTheSessionsOfTheOldOne) {
  const std::string cookie = LogIn();
  jane_.credential_id = "credential-2";
  PutUser(jane_);
  ExpectEnded(cookie);
  EXPECT_TRUE(Find(LogIn()).ok());
}

TEST_F(EmbeddedSessionsTest, LogOutEverywhereEndsEarlierSessionsAndNoLaterOne) {
  PutApplied(17);
  const std::string one = LogIn();
  const std::string other = LogIn();
  jane_.sessions_ended = Sequence{18};
  PutUser(jane_);
  ExpectEnded(one);
  ExpectEnded(other);
  PutApplied(18);
  EXPECT_TRUE(Find(LogIn()).ok());
}

// After a restore another user may have the id of one that was added in the lost part.
TEST_F(EmbeddedSessionsTest, ASessionOfALostPartIsRefusedByName) {
  const auto stands = [&](int64_t head, int64_t epoch, std::vector<EpochBegun> epochs) {
    TenantRow row;
    row.head = row.applied = Sequence{head};
    row.epochs = std::move(epochs);
    CheckpointRow checkpoint;
    checkpoint.epoch = epoch;
    ViewBatch batch;
    batch.Put(View::kTenants, keys::Tenant(TenantId{"acme"}), ToRow(row));
    batch.Put(View::kCheckpoints, keys::Partition(0), ToRow(checkpoint));
    views_.Write(batch);
  };
  stands(15, 1, {});
  const std::string kept = LogIn();
  stands(17, 1, {});
  const std::string lost = LogIn();
  const auto expect_lost = [&] {
    const auto found = Find(lost);
    ASSERT_FALSE(found.ok());
    EXPECT_EQ(found.error().code, ErrorCode::kUnauthenticated);
    EXPECT_NE(found.error().message.find("that was lost"), std::string::npos);
  };
  stands(15, 2, {});  // restored, and nothing was written since
  EXPECT_TRUE(Find(kept).ok());
  expect_lost();
  stands(20, 2, {{2, Sequence{15}}});
  EXPECT_TRUE(Find(kept).ok());
  expect_lost();
  EXPECT_TRUE(Find(LogIn()).ok());
}

// A bug once: the session took the new password that was set while the old one was checked.
TEST_F(EmbeddedSessionsTest, APasswordChangedBetweenItsCheckAndTheSessionBeginsNone) {
  Session login{TenantId{"acme"}, UserId{"7"}, "jane", "admin", std::nullopt, "credential-1"};
  EXPECT_TRUE(Begin(login).ok());
  jane_.credential_id = "credential-2";
  PutUser(jane_);
  const auto begun = Begin(login);
  ASSERT_FALSE(begun.ok());
  EXPECT_EQ(begun.error().code, ErrorCode::kUnauthenticated);
}

TEST_F(EmbeddedSessionsTest, AnInstanceThatLagsAsksToWaitButNotForEver) {
  PutApplied(17);
  const std::string cookie = LogIn();
  PutApplied(16);  // as on an instance that lags
  jane_.credential_id = "the one before";
  PutUser(jane_);
  const auto found = Find(cookie);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(found.error().retry_after_seconds, 1);
  now_ += 60'000;
  ExpectEnded(cookie);
}

// On new views, when a partition failed before it was read, all its sessions were reported as
// ended.
TEST_F(EmbeddedSessionsTest, NoSessionEndsBecauseItsPartitionWasNotRead) {
  const std::string cookie = LogIn();
  now_ += kHour;
  ViewBatch batch;
  batch.Erase(View::kUsers, keys::User(TenantId{"acme"}, UserId{"7"}));
  views_.Write(batch);
  unready_ = Error{ErrorCode::kUnavailable, "the log was cut at 17", {}, 30};
  EXPECT_EQ(Find(cookie).error(),
            (Error{ErrorCode::kUnavailable, "This instance cannot answer just now", {}, 30}));
  ExpectEnded("connect.sid=" + SignSession("unknown-but-signed", "secret"));
  unready_.reset();
  ExpectEnded(cookie);
}

TEST_F(EmbeddedSessionsTest, AUserThatIsGoneFromTheViewsIsOut) {
  const std::string cookie = LogIn();
  ViewBatch batch;
  batch.Erase(View::kUsers, keys::User(TenantId{"acme"}, UserId{"7"}));
  views_.Write(batch);
  ExpectEnded(cookie);
}

TEST_F(EmbeddedSessionsTest, TheSameUserIdInAnotherTenantIsAnotherUser) {
  PutUser(UserRow{UserId{"7"}, "john", {"client", false}, std::nullopt, ""}, "umbrella");
  const auto set_cookie = Begin("", false, "umbrella");
  const auto found = Find(set_cookie->substr(0, set_cookie->find(';')));
  EXPECT_EQ(found->tenant, TenantId{"umbrella"});
  EXPECT_EQ(found->username, "john");
  EXPECT_EQ(found->role, "client");
}

TEST_F(EmbeddedSessionsTest, TheRowsOfASessionAreReadAgainOnlyWhenTheyMayHaveChanged) {
  const std::string cookie = LogIn();
  std::string key;
  const auto first_only = [&](std::string_view row, std::string_view) {
    key = row;
    return false;
  };
  ASSERT_TRUE(store_->Scan(LocalStore::Table::kSessions, first_only).ok());
  ASSERT_TRUE(
      store_->Erase(LocalStore::Table::kSessions, key, LocalStore::Durability::kBuffered).ok());
  EXPECT_TRUE(Find(cookie).ok());
  PutUser(jane_, "umbrella");
  EXPECT_TRUE(Find(cookie).ok());
  PutUser(jane_);
  ExpectEnded(cookie);
}

TEST_F(EmbeddedSessionsTest, TheCookieIsSecureWhenTheClientCameByHttps) {
  EXPECT_EQ(Begin("", true)->find("; Secure") != std::string::npos, true);
  EXPECT_EQ(Begin("", false)->find("; Secure"), std::string::npos);
}

}  // namespace
}  // namespace contacts
