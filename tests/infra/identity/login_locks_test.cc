#include "infra/identity/login_locks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
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
  // Seconds until the next attempt is allowed; 0: now.
  int Left(const LoginAttempt& attempt) {
    const auto error = locks_.Locked(attempt);
    if (!error) return 0;
    EXPECT_EQ(error->code, ErrorCode::kTooManyRequests);
    return error->retry_after_seconds;
  }

  // The longest time left; 0: there is no lock.
  static seconds Longest(const std::vector<LoginLock>& locks) {
    seconds longest{0};
    for (const LoginLock& lock : locks) longest = std::max(longest, lock.left);
    return longest;
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

TEST_F(LoginLocksTest, ASuccessBeginsANewCount) {
  Fail(By("jane", "192.0.2.1"), 4);
  locks_.Succeeded(By("jane", "192.0.2.1"));
  Fail(By("jane", "192.0.2.1"), 4);
  EXPECT_EQ(Left(By("jane", "192.0.2.1")), 0);
}

TEST_F(LoginLocksTest, ANameCountsInAnyCaseAndWithSpaces) {
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

TEST_F(LoginLocksTest, AnIPv6AddressCountsForItsNetwork) {
  for (int i = 1; i <= 5; ++i) {
    Fail(By("user" + std::to_string(i), "2001:db8::" + std::to_string(i)), 1);
  }
  EXPECT_GT(Left(By("jane", "2001:db8:0:0:ffff::1")), 0);
  EXPECT_EQ(Left(By("jane", "2001:db8:0:1::1")), 0);
}

// A client that guessed four times at others and then logged in itself, repeatedly, was never
// locked.
TEST_F(LoginLocksTest, AClientsOwnLogInHidesNoGuessesAtOthers) {
  for (int i = 0; i < 3; ++i) Fail(By("user" + std::to_string(i), "192.0.2.1"), 1);
  Fail(By("mine", "192.0.2.1"), 1);
  locks_.Succeeded(By("mine", "192.0.2.1"));
  EXPECT_EQ(Left(By("mine", "192.0.2.1")), 0);
  Fail(By("user3", "192.0.2.1"), 1);
  EXPECT_EQ(Left(By("user5", "192.0.2.1")), 0) << "the client's own failure is taken away";
  Fail(By("user4", "192.0.2.1"), 1);
  EXPECT_EQ(Left(By("user5", "192.0.2.1")), 900);
}

TEST_F(LoginLocksTest, ASuccessTakesAwayThatAccountsFailuresThere) {
  Fail(By("jane", "192.0.2.1"), 3);
  Fail(By("joe", "192.0.2.1"), 1);
  locks_.Succeeded(By("jane", "192.0.2.1"));
  Fail(By("jane", "192.0.2.1"), 3);
  EXPECT_EQ(Left(By("ann", "192.0.2.1")), 0) << "four of all are left";
  Fail(By("ann", "192.0.2.1"), 1);
  EXPECT_EQ(Left(By("ann", "192.0.2.1")), 900);
}

// Five wrong passwords from elsewhere locked out the owner, who had the right one.
TEST_F(LoginLocksTest, AnAccountIsLockedWhereItFailedAndNotElsewhere) {
  Fail(By("jane", "192.0.2.1"), 5);
  EXPECT_EQ(Left(By("jane", "192.0.2.1")), 900);
  EXPECT_EQ(Left(By("jane", "192.0.2.2")), 0);
}

TEST_F(LoginLocksTest, TenTimesAsManyLockItEverywhereButWhereItLoggedIn) {
  locks_.Succeeded(By("jane", "198.51.100.7"));
  for (int i = 0; i < 49; ++i) Fail(By("jane", "192.0.2." + std::to_string(i)), 1);
  EXPECT_EQ(Left(By("jane", "203.0.113.1")), 0);
  locks_.Succeeded(By("jane", "198.51.100.7"));
  EXPECT_EQ(Left(By("jane", "203.0.113.1")), 0);
  Fail(By("jane", "192.0.2.49"), 1);
  EXPECT_EQ(Left(By("jane", "203.0.113.1")), 900) << "the owner's log-in hid no guess of others";
  EXPECT_EQ(Left(By("jane", "198.51.100.7")), 0);
  Fail(By("jane", "198.51.100.7"), 5);
  EXPECT_EQ(Left(By("jane", "198.51.100.7")), 900) << "five count there, too";
}

TEST_F(LoginLocksTest, EightNetworksOfEachAccountAreRemembered) {
  for (int i = 0; i < 9; ++i) locks_.Succeeded(By("jane", "198.51.100." + std::to_string(i)));
  for (int i = 0; i < 50; ++i) Fail(By("jane", "192.0.2." + std::to_string(i)), 1);
  EXPECT_EQ(Left(By("jane", "198.51.100.0")), 900) << "the oldest made room";
  EXPECT_EQ(Left(By("jane", "198.51.100.1")), 0);
  EXPECT_EQ(Left(By("jane", "198.51.100.8")), 0);
}

TEST_F(LoginLocksTest, AnotherPasswordUnlocksTheAccount) {
  const TriedUser old{"7", "old"};
  for (int i = 0; i < 5; ++i) locks_.Failed(By("jane", "192.0.2.1"), old);
  EXPECT_TRUE(locks_.Locked(By("jane", "192.0.2.1"), old));
  EXPECT_EQ(Longest(locks_.Of(TenantId{"acme"}, "jane", old)), seconds(900));
  EXPECT_EQ(Longest(locks_.Of(TenantId{"acme"}, "jane", {"7", "new"})), seconds(0));
  EXPECT_FALSE(locks_.Locked(By("jane", "192.0.2.2"), {"7", "new"}));
  EXPECT_EQ(Longest(locks_.Of(TenantId{"acme"}, "jane", old)), seconds(0));
}

TEST_F(LoginLocksTest, AnOperatorSeesAndLiftsALock) {
  const TenantId acme{"acme"};
  EXPECT_FALSE(locks_.Unlock(acme, "jane"));
  Fail(By("jane", "192.0.2.1"), 2);
  Fail(By("ben", "192.0.2.3"), 4);
  now_ += seconds(60);
  for (int i = 0; i < 5; ++i) Fail(By("jane", "192.0.2.2"), 1);
  EXPECT_EQ(Longest(locks_.Of(acme, " JANE")), seconds(900));
  EXPECT_EQ(locks_.locked_accounts(), 1);
  EXPECT_EQ(locks_.locks(), 2) << "one of the account, one of the network";
  EXPECT_TRUE(locks_.Unlock(acme, " JANE"));
  EXPECT_EQ(Longest(locks_.Of(acme, "jane")), seconds(0));
  EXPECT_EQ(locks_.locked_accounts(), 0);
  EXPECT_EQ(Left(By("jane", "192.0.2.1")), 0);
  EXPECT_EQ(Left(By("jane", "192.0.2.2")), 0) << "the network was locked for jane's failures";
  Fail(By("ben", "192.0.2.3"), 1);
  EXPECT_EQ(Left(By("ann", "192.0.2.3")), 900);
}

// A disabled account whose owner tried the right password stayed locked when it was enabled again.
TEST_F(LoginLocksTest, FailuresFromBeforeAUserCouldLogInAreForgotten) {
  const TriedUser disabled{"7", "c", false};
  const TriedUser enabled{"7", "c", true};
  for (int i = 0; i < 5; ++i) locks_.Failed(By("jane", "192.0.2.1"), disabled);
  EXPECT_TRUE(locks_.Locked(By("jane", "192.0.2.1"), disabled)) << "as any guess";
  EXPECT_TRUE(locks_.Of(TenantId{"acme"}, "jane", enabled).empty());
  EXPECT_FALSE(locks_.Locked(By("jane", "192.0.2.1"), enabled));
  EXPECT_FALSE(locks_.Locked(By("ben", "192.0.2.1"))) << "the network forgets them, too";
}

TEST_F(LoginLocksTest, AnOperatorSeesWhichNetworksAreLockedAndLiftsOne) {
  const TenantId acme{"acme"};
  Fail(By("jane", "192.0.2.1"), 5);
  now_ += seconds(60);
  Fail(By("jane", "2001:db8:1:2::5"), 5);
  Fail(By("ben", "192.0.2.9"), 4);
  const auto shown = [](const std::vector<LoginLock>& locks) {
    std::string text;
    for (const LoginLock& lock : locks) {
      text += lock.network + "=" + std::to_string(lock.left.count()) + " ";
    }
    return text;
  };
  EXPECT_EQ(shown(locks_.OfNetworks()), "2001:db8:1:2::/64=900 192.0.2.1=840 ");
  EXPECT_EQ(shown(locks_.Of(acme, "jane")), "192.0.2.1=840 2001:db8:1:2::/64=900 ");
  for (int i = 0; i < 40; ++i) Fail(By("jane", "198.51.100." + std::to_string(i)), 1);
  EXPECT_EQ(shown(locks_.Of(acme, "jane")).find("=900 "), 0U) << "all networks first";
  EXPECT_FALSE(locks_.UnlockNetwork("203.0.113.1"));
  EXPECT_TRUE(locks_.UnlockNetwork("2001:db8:1:2::/64"));
  EXPECT_EQ(Left(By("ben", "2001:db8:1:2::77")), 0);
  EXPECT_TRUE(locks_.UnlockNetwork("192.0.2.1"));
  EXPECT_EQ(shown(locks_.OfNetworks()), "");
  EXPECT_EQ(Left(By("jane", "192.0.2.1")), 900) << "the account's lock stays";
  for (int i = 0; i < 5; ++i) locks_.FailedLink("192.0.2.7");
  EXPECT_TRUE(locks_.UnlockNetwork("192.0.2.7"));
  EXPECT_FALSE(locks_.LockedForLinks("192.0.2.7"));
}

TEST(LoginLocks, ANetworkIsAnAddressOrAShownPrefixOfOne) {
  for (const char* network : {"192.0.2.1", "2001:db8::1", "2001:db8::/64"}) {
    EXPECT_TRUE(IsNetwork(network)) << network;
  }
  for (const char* other : {"", "here", "192.0.2.1/64", "192.0.2.256", "2001:db8::/48"}) {
    EXPECT_FALSE(IsNetwork(other)) << other;
  }
}

TEST_F(LoginLocksTest, ALockThatBeginsIsReportedOnce) {
  for (int i = 1; i <= 6; ++i) EXPECT_EQ(locks_.Failed(By("jane")), i == 5) << i;
}

// Links can be tried at any rate; log-ins wait for a hash.
TEST_F(LoginLocksTest, DeadLinksMakeNoLockForgotten) {
  Fail(By("jane", "192.0.2.1"), 5);
  for (int i = 0; i < 300; ++i) locks_.FailedLink("198.51.100." + std::to_string(i));
  EXPECT_EQ(Left(By("jane", "192.0.2.1")), 900);
}

TEST_F(LoginLocksTest, TheOldestFailuresAreForgottenFirst) {
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
