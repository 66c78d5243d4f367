// Guesses at passwords: they are bounded, and learn nothing from the time of an answer.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <utility>

#include "tests/infra/identity/argon2_passwords.h"

namespace contacts {
namespace {

// The time of a guess revealed which tenants and users exist.
TEST_F(Argon2PasswordsTest, AGuessReadsTheSameNumberOfRowsWhateverExists) {
  PutUser("jane", *Make("correct horse"));
  const auto reads_of = [&](const std::string& name, const std::string& tenant) {
    const int rows = views_.reads;
    const int secrets = secrets_.gets;
    ExpectWrong(Check(name, "a wrong one", tenant));
    return std::pair(views_.reads - rows, secrets_.gets - secrets);
  };
  const auto of_jane = reads_of("jane", "acme");
  EXPECT_EQ(of_jane.second, 1);
  EXPECT_EQ(reads_of("john", "acme"), of_jane);
  EXPECT_EQ(reads_of("Jane", "acme"), of_jane);
  EXPECT_EQ(reads_of("J\u00C4ne", "acme"), of_jane);
  EXPECT_EQ(reads_of("jane", "nosuchtenant"), of_jane);
  PutUser("jane", "no credential");
  EXPECT_EQ(reads_of("jane", "acme"), of_jane);
  PutUser("jane", "c", /*disabled=*/true);
  EXPECT_EQ(reads_of("jane", "acme"), of_jane);
}

TEST_F(Argon2PasswordsTest, TooManyFailuresLockAndThenTheRightPasswordWorksAgain) {
  auto now = LoginLockOptions::Clock::time_point{};
  Argon2Options options = kCheap;
  options.locks = {.failures = 5, .lock = std::chrono::minutes(15), .clock = [&] { return now; }};
  Argon2Passwords locking(secrets_, views_, options);
  const auto check = [&](const std::string& username, const std::string& password) {
    std::promise<Result<Session>> checked;
    locking.Check({TenantId{"acme"}, username, password, ""},
                  [&](Result<Session> s) { checked.set_value(std::move(s)); });
    return checked.get_future().get();
  };
  PutUser("jane", *Make("correct horse"));
  for (const char* name : {"jane", "nobody"}) {  // an unknown user is locked as well
    for (int i = 0; i < 5; ++i) ExpectWrong(check(name, "wrong"));
    EXPECT_EQ(check(name, "correct horse").error(),
              (Error{ErrorCode::kTooManyRequests,
                     "Too many failed log-ins; wait, then try again.",
                     {},
                     15 * 60}));
  }
  now += std::chrono::minutes(15);
  EXPECT_TRUE(check("jane", "correct horse").ok());
  ExpectWrong(check("nobody", "correct horse"));
}

// Names were once not folded, so two users may have names that fold alike. Each guess at one of
// them made the guesses at the other forgotten.
TEST_F(Argon2PasswordsTest, GuessesAtUsersWhoseNamesFoldAlikeAreCountedForEach) {
  Argon2Options options = kCheap;
  options.locks.failures = 5;
  Argon2Passwords locking(secrets_, views_, options);
  const auto guess = [&](const std::string& username) {
    std::promise<ErrorCode> checked;
    locking.Check({TenantId{"acme"}, username, "wrong", ""},
                  [&](const Result<Session>& s) { checked.set_value(s.error().code); });
    return checked.get_future().get();
  };
  const TenantId acme{"acme"};
  PutUser("jane", *Make("correct horse"));
  const UserRow capital{UserId{"8"}, "Jane", {"admin", false}, {}, *Make("battery staple")};
  ViewBatch batch;
  batch.Put(View::kUsers, keys::User(acme, capital.user_id), ToRow(capital));
  batch.Put(View::kUserNames, keys::UserName(acme, capital.username), "8");
  views_.Write(batch);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(guess("jane"), ErrorCode::kUnauthenticated);
    EXPECT_TRUE(i == 4 || guess("Jane") == ErrorCode::kUnauthenticated) << i;
  }
  EXPECT_EQ(guess("jane"), ErrorCode::kTooManyRequests);
  EXPECT_FALSE(locking.LocksOf(acme, "jane").empty());
  EXPECT_TRUE(locking.LocksOf(acme, "Jane").empty()) << "it has one guess left";
  EXPECT_EQ(guess("Jane"), ErrorCode::kUnauthenticated);
  EXPECT_EQ(guess("Jane"), ErrorCode::kTooManyRequests);
  EXPECT_TRUE(locking.Unlock(acme, "jane"));
  EXPECT_EQ(guess("jane"), ErrorCode::kUnauthenticated);
  EXPECT_EQ(guess("Jane"), ErrorCode::kTooManyRequests);
  PutUser("jane", *Make("another one"));
  EXPECT_EQ(guess("Jane"), ErrorCode::kTooManyRequests);
}

// The right password of a disabled user is answered like a wrong one and counts like one; but the
// user is not locked out once enabled.
TEST_F(Argon2PasswordsTest, ADisabledUsersOwnAttemptsLockNoUserOutLater) {
  Argon2Options options = kCheap;
  options.locks.failures = 3;
  Argon2Passwords locking(secrets_, views_, options);
  const auto status = [&](const std::string& password) {
    std::promise<ErrorCode> checked;
    locking.Check({TenantId{"acme"}, "jane", password, "192.0.2.1"}, [&](const Result<Session>& s) {
      checked.set_value(s.ok() ? ErrorCode{} : s.error().code);
    });
    return checked.get_future().get();
  };
  const std::string credential = *Make("correct horse");
  for (const char* password : {"correct horse", "a wrong one"}) {
    PutUser("jane", credential, /*disabled=*/true);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(status(password), ErrorCode::kUnauthenticated);
    EXPECT_EQ(status(password), ErrorCode::kTooManyRequests) << password;
    PutUser("jane", credential);
    EXPECT_EQ(status("correct horse"), ErrorCode{}) << password;
  }
}

TEST_F(Argon2PasswordsTest, SimultaneousAttemptsDoNotEvadeTheLock) {
  Argon2Options options = kCheap;
  options.locks.failures = 5;
  Argon2Passwords locking(secrets_, views_, options);
  std::atomic<int> tried{0}, answered{0};
  std::promise<void> all;
  for (int i = 0; i < 60; ++i) {
    locking.Check({TenantId{"acme"}, "jane", "wrong", ""}, [&](const Result<Session>& s) {
      tried += s.error().code == ErrorCode::kUnauthenticated;
      if (++answered == 60) all.set_value();
    });
  }
  all.get_future().get();
  EXPECT_GE(tried, 5);
  EXPECT_LE(tried, 6);  // two threads
}

TEST_F(Argon2PasswordsTest, AnUnknownUserTakesTheTimeOfAHash) {
  // Memory of 64 MiB makes a hash slow enough to tell from a lookup.
  Argon2Passwords slow(secrets_, views_, Argon2Options{1, 64 << 20, 1, 4});
  const auto begun = std::chrono::steady_clock::now();
  std::promise<Result<Session>> checked;
  slow.Check({TenantId{"acme"}, "nobody", "x", ""},
             [&](Result<Session> s) { checked.set_value(std::move(s)); });
  ExpectWrong(checked.get_future().get());
  EXPECT_GT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(5));
}

}  // namespace
}  // namespace contacts
