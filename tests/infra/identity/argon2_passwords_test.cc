#include "infra/identity/argon2_passwords.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <atomic>
#include <chrono>
#include <future>

#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"
#include "tests/infra/identity/memory_secret_store.h"
#include "tests/support/failing_store.h"

namespace contacts {
namespace {

const Argon2Options kCheap{1, 64 * 1024, 2, 64, {.failures = 1000}};

class Argon2PasswordsTest : public ::testing::Test {
 protected:
  Result<std::string> Make(const std::string& password) {
    std::promise<Result<std::string>> made;
    passwords_.Make(password, [&](Result<std::string> id) { made.set_value(std::move(id)); });
    return made.get_future().get();
  }
  Result<Session> Check(const std::string& username, const std::string& password,
                        const std::string& tenant = "acme") {
    std::promise<Result<Session>> checked;
    passwords_.Check({TenantId{tenant}, username, password, "192.0.2.1"},
                     [&](Result<Session> s) { checked.set_value(std::move(s)); });
    return checked.get_future().get();
  }
  void PutUser(const std::string& name, const std::string& credential, bool disabled = false) {
    const UserRow user{UserId{"7"}, name, {"member", disabled}, ContactId{3}, credential};
    ViewBatch batch;
    batch.Put(View::kUsers, keys::User(TenantId{"acme"}, user.user_id), ToRow(user));
    batch.Put(View::kContacts, keys::Contact(TenantId{"acme"}, ContactId{3}), ToRow(contact_));
    batch.Put(View::kUserNames, keys::UserName(TenantId{"acme"}, name), user.user_id.value);
    views_.Write(batch);
  }
  void ExpectWrong(const Result<Session>& checked) {
    ASSERT_FALSE(checked.ok());
    EXPECT_EQ(checked.error(),
              (Error{ErrorCode::kUnauthenticated, "The user name or the password is wrong."}));
  }

  MemorySecretStore secrets_;
  FailingStore views_;
  ContactRow contact_;  // of each user that is put
  Argon2Passwords passwords_{secrets_, views_, kCheap};
};

// The time of a guess told which tenants and users there are.
TEST_F(Argon2PasswordsTest, AGuessReadsAsManyRowsWhateverThereIs) {
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

TEST_F(Argon2PasswordsTest, AnEmailLogsInHoweverItIsWritten) {
  PutUser("jo@example.com", *Make("correct horse"));
  EXPECT_TRUE(Check(" Jo@Example.com", "correct horse").ok());
}

TEST_F(Argon2PasswordsTest, AUserOfTheVeryNameComesFirst) {
  PutUser("jo@example.com", *Make("of the folded name"));
  const UserRow capital{UserId{"8"}, "Jo@Example.com", {"admin", false}, {}, *Make("of this name")};
  ViewBatch batch;
  batch.Put(View::kUsers, keys::User(TenantId{"acme"}, capital.user_id), ToRow(capital));
  batch.Put(View::kUserNames, keys::UserName(TenantId{"acme"}, capital.username), "8");
  views_.Write(batch);
  EXPECT_EQ(Check("Jo@Example.com", "of this name")->user_id, UserId{"8"});
  ExpectWrong(Check("Jo@Example.com", "of the folded name"));
}

// A password set in NFC was wrong when it was typed in NFD, and the other way round.
TEST_F(Argon2PasswordsTest, APasswordIsRightInEachNormalForm) {
  const std::string composed = "gr\u00FC\u00DFe an alle",
                    decomposed = "gru\u0308\u00DFe\u00A0an alle";
  for (const std::string& set : {composed, decomposed}) {
    PutUser("jane", *Make(set));
    EXPECT_TRUE(Check("jane", composed).ok()) << set;
    EXPECT_TRUE(Check("jane", decomposed).ok()) << set;
    ExpectWrong(Check("jane", "Gr\u00FC\u00DFe an alle"));
  }
}

// Its hash is of what was typed.
TEST_F(Argon2PasswordsTest, APasswordThatWasStoredUnpreparedStaysRight) {
  const std::string typed = "gru\u0308\u00DFe\u00A0an alle";
  char hash[crypto_pwhash_STRBYTES];
  ASSERT_EQ(crypto_pwhash_str(hash, typed.data(), typed.size(), 1, 64 * 1024), 0);
  secrets_.secrets["old"] = hash;
  PutUser("jane", "old");
  EXPECT_TRUE(Check("jane", typed).ok());
  ExpectWrong(Check("jane", "gr\u00FC\u00DFe an alle"));
}

TEST_F(Argon2PasswordsTest, ANameIsFoundInEachSpelling) {
  PutUser("j\u00FCrgen", *Make("correct horse"));
  for (const char* typed : {"j\u00FCrgen", "J\u00DCRGEN", "ju\u0308rgen", " J\u00FCrgen\u00A0"}) {
    EXPECT_TRUE(Check(typed, "correct horse").ok()) << typed;
  }
  ExpectWrong(Check("jurgen", "correct horse"));
}

TEST_F(Argon2PasswordsTest, NothingIsHashedForAClientThatHasGone) {
  PutUser("jane", *Make("correct horse"));
  const int before = secrets_.gets;
  std::promise<Result<Session>> checked;
  passwords_.Check({TenantId{"acme"}, "jane", "correct horse", "192.0.2.1", [] { return true; }},
                   [&](Result<Session> s) { checked.set_value(std::move(s)); });
  EXPECT_EQ(checked.get_future().get().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(secrets_.gets, before);
}

// A log-in whose client had gone ran after the sessions were destroyed that it was to begin one of.
TEST_F(Argon2PasswordsTest, WhatWaitsWhenItStopsIsRefusedAndSoIsWhatComesLater) {
  PutUser("jane", *Make("correct horse"));
  std::atomic<int> refused{0};
  std::atomic<int> done{0};
  for (int i = 0; i < 20; ++i) {
    passwords_.Check({TenantId{"acme"}, "jane", "correct horse", ""},
                     [&](const Result<Session>& s) { ++(s.ok() ? done : refused); });
  }
  passwords_.Stop();
  EXPECT_EQ(refused + done, 20);
  EXPECT_EQ(Check("jane", "correct horse").error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(Make("another one").error().code, ErrorCode::kUnavailable);
}

TEST_F(Argon2PasswordsTest, TheRightPasswordGivesTheUsersSession) {
  PutUser("jane", *Make("correct horse"));
  const auto session = Check("jane", "correct horse");
  ASSERT_TRUE(session.ok()) << session.error().message;
  EXPECT_EQ(session->tenant, TenantId{"acme"});
  EXPECT_EQ(session->user_id, UserId{"7"});
  EXPECT_EQ(session->username, "jane");
  EXPECT_EQ(session->role, "member");
  EXPECT_EQ(session->contact_id, ContactId{3});
}

TEST_F(Argon2PasswordsTest, EveryOtherCaseSaysTheSame) {
  PutUser("jane", *Make("correct horse"));
  ExpectWrong(Check("jane", "correct hors"));
  ExpectWrong(Check("jane", ""));
  ExpectWrong(Check("jane", std::string("correct horse\0x", 15)));
  ExpectWrong(Check("jane", std::string(5000, 'x')));
  ExpectWrong(Check("joe", "correct horse"));
  ExpectWrong(Check("jane", "correct horse", "umbrella"));
  PutUser("jane", "");
  ExpectWrong(Check("jane", ""));
  PutUser("jane", "no such credential");
  ExpectWrong(Check("jane", "correct horse"));
  PutUser("jane", *Make("correct horse"), true);
  ExpectWrong(Check("jane", "correct horse"));
  contact_.is_active = false;
  PutUser("jane", *Make("correct horse"));
  ExpectWrong(Check("jane", "correct horse"));
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
  for (const char* name : {"jane", "nobody"}) {  // who is unknown is locked likewise
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

// Names were once not folded, so two users may have names that fold alike. Each guess at the one
// made those at the other forgotten.
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

// The right password of a disabled user is answered as a wrong one, also how often it may be tried;
// but the user is not locked out once enabled.
TEST_F(Argon2PasswordsTest, ADisabledUsersOwnAttemptsLockNobodyOutLater) {
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

TEST_F(Argon2PasswordsTest, AttemptsAtOnceAreNoWayAroundTheLock) {
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

TEST_F(Argon2PasswordsTest, TheNewestCredentialCounts) {
  PutUser("jane", *Make("old password"));
  PutUser("jane", *Make("new password"));
  ExpectWrong(Check("jane", "old password"));
  EXPECT_TRUE(Check("jane", "new password").ok());
}

TEST_F(Argon2PasswordsTest, OnlyAHashIsStoredEachTimeAnother) {
  const std::string one = *Make("correct horse");
  const std::string other = *Make("correct horse");
  EXPECT_NE(one, other);
  EXPECT_EQ(one, SecretIdOf(secrets_.secrets.at(one)));  // which history then names
  EXPECT_EQ(secrets_.secrets[one].rfind("$argon2id$v=19$m=64,t=1,p=1$", 0), 0u)
      << secrets_.secrets[one];
  EXPECT_NE(secrets_.secrets[one], secrets_.secrets[other]);
}

TEST_F(Argon2PasswordsTest, AnEmptyOrOverlongPasswordIsNotMade) {
  EXPECT_EQ(Make("").error().code, ErrorCode::kBadRequest);
  EXPECT_EQ(Make(std::string(1025, 'x')).error().code, ErrorCode::kBadRequest);
  EXPECT_TRUE(Make(std::string(1024, 'x')).ok());
}

TEST_F(Argon2PasswordsTest, AStoreThatFailsIsNotAWrongPassword) {
  PutUser("jane", *Make("correct horse"));
  secrets_.failing = true;
  EXPECT_EQ(Check("jane", "correct horse").error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(Make("another").error().code, ErrorCode::kUnavailable);
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

TEST_F(Argon2PasswordsTest, AFullPoolIsSaidAtOnce) {
  Argon2Passwords small(secrets_, views_, Argon2Options{1, 64 * 1024, 1, 2});
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  std::promise<void> running;
  small.Make("first", [&](const Result<std::string>&) {
    running.set_value();
    released.wait();
  });
  running.get_future().get();
  std::promise<void> second, third;
  small.Make("second", [&](const Result<std::string>&) { second.set_value(); });
  small.Make("third", [&](const Result<std::string>&) { third.set_value(); });
  std::optional<ErrorCode> refused;
  small.Check({TenantId{"acme"}, "jane", "x", ""},
              [&](const Result<Session>& s) { refused = s.error().code; });
  EXPECT_EQ(refused, ErrorCode::kTooManyRequests);
  release.set_value();
  second.get_future().get();
  third.get_future().get();
}

}  // namespace
}  // namespace contacts
