#include "infra/identity/login_locks.h"

#include <gtest/gtest.h>

#include <vector>

namespace contacts {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class LoginLocksTest : public ::testing::Test {
 protected:
  static LoginAttempt By(const std::string& username, const std::string& address = "",
                         const std::string& tenant = "acme") {
    return {TenantId{tenant}, username, "a password", address};
  }
  void Fail(const LoginAttempt& attempt, int times) {
    for (int i = 0; i < times; ++i) locks_.Failed(attempt);
  }
  // Seconds until it may be tried again; 0: now.
  int Left(const LoginAttempt& attempt) {
    const auto error = locks_.Locked(attempt);
    if (!error) return 0;
    EXPECT_EQ(error->code, ErrorCode::kTooManyRequests);
    return error->retry_after_seconds;
  }

  LoginLockOptions::Clock::time_point now_{};
  LoginLocks locks_{{.failures = 5, .lock = minutes(15), .max_remembered = 100, .clock = [this] {
                       return now_;
                     }}};
};

TEST_F(LoginLocksTest, FiveFailuresInARowLockTheAccountForItsTime) {
  Fail(By("jane"), 4);
  EXPECT_EQ(Left(By("jane")), 0);
  Fail(By("jane"), 1);
  EXPECT_EQ(Left(By("jane")), 900);
  now_ += seconds(899);
  EXPECT_EQ(Left(By("jane")), 1);
  now_ += seconds(1);
  EXPECT_EQ(Left(By("jane")), 0);
  Fail(By("jane"), 4);
  EXPECT_EQ(Left(By("jane")), 0) << "a lock that has ended begins a new row";
}

TEST_F(LoginLocksTest, ASuccessEndsTheRow) {
  Fail(By("jane", "192.0.2.1"), 4);
  locks_.Succeeded(By("jane", "192.0.2.1"));
  Fail(By("jane", "192.0.2.1"), 4);
  EXPECT_EQ(Left(By("jane", "192.0.2.1")), 0);
}

TEST_F(LoginLocksTest, ANameCountsInWhateverWayItIsWritten) {
  for (const char* name :
       {"Jane@x.org", "jane@X.ORG", " jane@x.org", "JANE@x.org\t", "jane@x.org"}) {
    Fail(By(name), 1);
  }
  EXPECT_GT(Left(By("jane@x.org")), 0);
}

TEST_F(LoginLocksTest, ANameCountsInEachSpelling) {
  for (const char* name :
       {"j\u00FCrgen", "J\u00DCRGEN", "ju\u0308rgen", "J\u00FCrgen\u00A0", "\uFF4A\u00FCrgen"}) {
    Fail(By(name), 1);
  }
  EXPECT_GT(Left(By("j\u00FCrgen")), 0);
}

TEST_F(LoginLocksTest, AnotherTenantsUserOfThatNameIsAnotherAccount) {
  Fail(By("jane"), 5);
  EXPECT_EQ(Left(By("jane", "", "umbrella")), 0);
}

TEST_F(LoginLocksTest, AnAddressIsLockedWhateverTheNames) {
  for (int i = 0; i < 5; ++i) Fail(By("user" + std::to_string(i), "192.0.2.1"), 1);
  EXPECT_GT(Left(By("jane", "192.0.2.1")), 0);
  EXPECT_EQ(Left(By("jane", "192.0.2.2")), 0);
  EXPECT_EQ(Left(By("user0", "192.0.2.2")), 0);
}

TEST_F(LoginLocksTest, OfIPv6TheNetworkCounts) {
  for (int i = 1; i <= 5; ++i) {
    Fail(By("user" + std::to_string(i), "2001:db8::" + std::to_string(i)), 1);
  }
  EXPECT_GT(Left(By("jane", "2001:db8:0:0:ffff::1")), 0);
  EXPECT_EQ(Left(By("jane", "2001:db8:0:1::1")), 0);
}

TEST_F(LoginLocksTest, ThoseThatFailedLongestAgoAreForgottenFirst) {
  Fail(By("first"), 5);
  for (int i = 0; i < 98; ++i) Fail(By("user" + std::to_string(i)), 1);
  Fail(By("last"), 5);
  EXPECT_GT(Left(By("first")), 0);
  Fail(By("one more"), 1);
  EXPECT_EQ(Left(By("first")), 0);
  EXPECT_GT(Left(By("last")), 0);
}

}  // namespace
}  // namespace contacts
