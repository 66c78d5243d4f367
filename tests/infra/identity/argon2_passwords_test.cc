// Passwords: which are right, and how they are stored.
#include "infra/identity/argon2_passwords.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <atomic>
#include <future>
#include <optional>
#include <string>

#include "tests/infra/identity/argon2_passwords.h"

namespace contacts {
namespace {

TEST_F(Argon2PasswordsTest, AnEmailLogsInHoweverItIsWritten) {
  PutUser("jo@example.com", *Make("correct horse"));
  EXPECT_TRUE(Check(" Jo@Example.com", "correct horse").ok());
}

TEST_F(Argon2PasswordsTest, AUserOfExactlyThisNameComesFirst) {
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

// The stored hash is of the text as typed.
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

// A log-in whose client had gone ran after the store of sessions was destroyed.
TEST_F(Argon2PasswordsTest, StopRefusesCallsThatWaitAndLaterOnes) {
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

TEST_F(Argon2PasswordsTest, EveryOtherCaseGetsTheSameError) {
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

TEST_F(Argon2PasswordsTest, TheNewestCredentialCounts) {
  PutUser("jane", *Make("old password"));
  PutUser("jane", *Make("new password"));
  ExpectWrong(Check("jane", "old password"));
  EXPECT_TRUE(Check("jane", "new password").ok());
}

TEST_F(Argon2PasswordsTest, OnlyAHashIsStoredAndADifferentOneEachTime) {
  const std::string one = *Make("correct horse");
  const std::string other = *Make("correct horse");
  EXPECT_NE(one, other);
  EXPECT_EQ(one, SecretIdOf(secrets_.secrets.at(one)));  // the id that history then names
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

TEST_F(Argon2PasswordsTest, AFullPoolIsReportedImmediately) {
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
