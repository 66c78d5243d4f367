#include "infra/identity/embedded_sessions.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <set>
#include <thread>

#include "events/rows/row_archive.h"
#include "infra/identity/cookie.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"
#include "tests/support/memory_view_store.h"

namespace contacts {
namespace {

constexpr int64_t kHour = 3600 * 1000;
constexpr int64_t kDay = 24 * kHour;

using Cookies = std::vector<std::string_view>;

class EmbeddedSessionsTest : public ::testing::Test {
 protected:
  EmbeddedSessionsTest() {
    static std::atomic<int> number{0};
    directory_ = std::filesystem::temp_directory_path() /
                 ("contacts-sessions-" + std::to_string(getpid()) + "-" + std::to_string(++number));
    std::filesystem::create_directories(directory_);
    Open({"secret"});
    jane_ = UserRow{UserId{"7"}, "jane", {"admin", false}, ContactId{42}, "credential-1"};
    PutUser(jane_);
    PutContact(jane_contact_);
  }
  ~EmbeddedSessionsTest() override {
    sessions_.reset();
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  void Open(std::vector<std::string> secrets) {
    sessions_.reset();
    store_.reset();
    auto opened = LocalStore::Open((directory_ / "local").string());
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store_ = std::move(*opened);
    SessionOptions options;
    options.secrets = std::move(secrets);
    options.clock = [this] { return Timestamp{now_.load()}; };
    options.unready = [this](const TenantId&) { return unready_; };
    sessions_ = std::make_unique<EmbeddedSessions>(*store_, views_, options);
  }

  void PutContact(const ContactRow& contact) {
    ViewBatch batch;
    for (const char* tenant : {"acme", "umbrella"}) {
      batch.Put(View::kContacts, keys::Contact(TenantId{tenant}, ContactId{42}), ToRow(contact));
    }
    views_.Write(batch);
  }
  void PutUser(const UserRow& user, const std::string& tenant = "acme") {
    ViewBatch batch;
    batch.Put(View::kUsers, keys::User(TenantId{tenant}, user.user_id), ToRow(user));
    views_.Write(batch);
  }

  // A record about jane is history and applied.
  void Happens(const Event& event, int64_t position) {
    Record record;
    record.envelope.sequence = Sequence{position};
    record.event = event;
    jane_ = UserRow{*Evolve(jane_, record)};
    PutUser(jane_);
    PutApplied(position);
  }

  void PutApplied(int64_t position) {
    TenantRow row;
    row.applied = Sequence{position};
    ViewBatch batch;
    batch.Put(View::kTenants, keys::Tenant(TenantId{"acme"}), ToRow(row));
    views_.Write(batch);
  }

  Result<Session> Find(const std::string& cookie) {
    std::promise<Result<Session>> found;
    sessions_->Find(Cookies{cookie}, [&](Result<Session> s) { found.set_value(std::move(s)); });
    return found.get_future().get();
  }
  Result<std::string> Begin(const std::string& cookie = "", bool secure = false,
                            const std::string& tenant = "acme") {
    return Begin(Session{TenantId{tenant}, UserId{"7"}, "jane", "admin", std::nullopt}, cookie,
                 secure);
  }
  Result<std::string> Begin(const Session& login, const std::string& cookie = "",
                            bool secure = false) {
    std::promise<Result<std::string>> begun;
    sessions_->Begin(login, cookie.empty() ? Cookies{} : Cookies{cookie}, secure,
                     [&](Result<std::string> set) { begun.set_value(std::move(set)); });
    return begun.get_future().get();
  }
  // And is seen once, so that what is remembered of the session is under test, too.
  std::string LogIn(const std::string& cookie = "") {
    const auto set_cookie = Begin(cookie);
    EXPECT_TRUE(set_cookie.ok());
    const std::string own = set_cookie->substr(0, set_cookie->find(';'));
    EXPECT_TRUE(Find(own).ok());
    return own;
  }
  Result<std::string> End(const std::string& cookie) {
    std::promise<Result<std::string>> ended;
    sessions_->End(Cookies{cookie}, [&](Result<std::string> c) { ended.set_value(std::move(c)); });
    return ended.get_future().get();
  }
  void ExpectEnded(const std::string& cookie) {
    const auto found = Find(cookie);
    ASSERT_FALSE(found.ok());
    EXPECT_EQ(found.error().code, ErrorCode::kUnauthenticated);
  }
  int Rows() {
    int rows = 0;
    const auto count = [&](std::string_view, std::string_view) { return ++rows > 0; };
    EXPECT_TRUE(store_->Scan(LocalStore::Table::kSessions, count).ok());
    return rows;
  }
  // Until what was posted before is written: a logout waits in the same queue.
  void Settle() { EXPECT_TRUE(End(LogIn()).ok()); }

  std::filesystem::path directory_;
  std::atomic<int64_t> now_{1'700'000'000'000};
  MemoryViewStore views_;
  std::optional<Error> unready_;
  UserRow jane_;
  ContactRow jane_contact_;
  std::unique_ptr<LocalStore> store_;
  std::unique_ptr<EmbeddedSessions> sessions_;
};

// Under a clock that was years ahead: it lived until that time.
TEST_F(EmbeddedSessionsTest, ASessionFromTheFutureHasEnded) {
  const std::string cookie = LogIn();
  now_ -= kDay;
  EXPECT_TRUE(Find(cookie).ok());
  now_ -= 2 * kDay;
  Open({"secret"});
  EXPECT_FALSE(Find(cookie).ok());
}

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

TEST_F(EmbeddedSessionsTest, ALoginIsFoundWithWhatTheUserIsNow) {
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

TEST_F(EmbeddedSessionsTest, ARoleOrContactThatChangesCountsAtOnce) {
  const std::string cookie = LogIn();
  jane_.state.role = "member";
  jane_.contact_id.reset();
  PutUser(jane_);
  EXPECT_EQ(Find(cookie)->role, "member");
  EXPECT_EQ(Find(cookie)->contact_id, std::nullopt);
}

// A bug once: the session that a disabled user had had was good again when it was enabled.
TEST_F(EmbeddedSessionsTest, ADisabledUserIsOutAtOnceAndItsSessionsForGood) {
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

TEST_F(EmbeddedSessionsTest, LogOutEverywhereEndsWhatBeganBeforeAndNothingLater) {
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

TEST_F(EmbeddedSessionsTest, AnInstanceThatIsBehindAsksToWaitButNotForEver) {
  PutApplied(17);
  const std::string cookie = LogIn();
  PutApplied(16);  // as another instance may stand
  jane_.credential_id = "the one before";
  PutUser(jane_);
  const auto found = Find(cookie);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(found.error().retry_after_seconds, 1);
  now_ += 60'000;
  ExpectEnded(cookie);
}

// On fresh views all sessions of a partition that failed before it was read were called ended.
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

TEST_F(EmbeddedSessionsTest, TheSameUserIdInAnotherTenantIsSomebodyElse) {
  PutUser(UserRow{UserId{"7"}, "john", {"client", false}, std::nullopt, ""}, "umbrella");
  const auto set_cookie = Begin("", false, "umbrella");
  const auto found = Find(set_cookie->substr(0, set_cookie->find(';')));
  EXPECT_EQ(found->tenant, TenantId{"umbrella"});
  EXPECT_EQ(found->username, "john");
  EXPECT_EQ(found->role, "client");
}

TEST_F(EmbeddedSessionsTest, ALoginEndsTheSessionBeforeIt) {
  const std::string first = LogIn();
  const std::string second = LogIn(first);
  ExpectEnded(first);
  EXPECT_TRUE(Find(second).ok());
}

TEST_F(EmbeddedSessionsTest, ALogoutEndsThatSessionAlone) {
  const std::string one = LogIn();
  const std::string other = LogIn();
  EXPECT_EQ(*End(one), ClearCookie({}));
  ExpectEnded(one);
  EXPECT_TRUE(Find(other).ok());
  EXPECT_EQ(*End("connect.sid=forged"), ClearCookie({}));
}

// A bug once: each log-out with the cookie of a session that had ended was a synced write, and all
// other sessions were checked anew.
TEST_F(EmbeddedSessionsTest, ALogoutOfNoSessionWritesNothingAndDisturbsNobody) {
  const std::string ended = LogIn();
  ASSERT_TRUE(End(ended).ok());
  const std::string other = LogIn();
  const auto written = [&] {
    uintmax_t bytes = 0;
    for (const auto& file : std::filesystem::directory_iterator(directory_ / "local")) {
      if (file.path().extension() == ".log") bytes += file.file_size();
    }
    return bytes;
  };
  const auto erase_rows = [&] {  // what is remembered of a session needs no row
    std::vector<std::string> keys;
    ASSERT_TRUE(store_
                    ->Scan(LocalStore::Table::kSessions,
                           [&](std::string_view key, std::string_view) {
                             keys.emplace_back(key);
                             return true;
                           })
                    .ok());
    for (const std::string& key : keys) {
      ASSERT_TRUE(
          store_->Erase(LocalStore::Table::kSessions, key, LocalStore::Durability::kBuffered).ok());
    }
  };
  erase_rows();
  const uintmax_t before = written();
  EXPECT_EQ(*End(ended), ClearCookie({}));
  EXPECT_EQ(*End("connect.sid=" + SignSession("unknown-but-signed", "secret")), ClearCookie({}));
  EXPECT_EQ(written(), before);
  EXPECT_TRUE(Find(other).ok());
}

TEST_F(EmbeddedSessionsTest, EndsAfterADayWithoutRequests) {
  const std::string cookie = LogIn();
  now_ += kDay - 1;
  EXPECT_TRUE(Find(cookie).ok());
  Settle();
  now_ += kDay - 1;
  EXPECT_TRUE(Find(cookie).ok());
  Settle();
  now_ += kDay;
  ExpectEnded(cookie);
}

TEST_F(EmbeddedSessionsTest, EndsAfterSevenDaysHoweverBusy) {
  const std::string cookie = LogIn();
  for (int half_days = 1; half_days < 14; ++half_days) {
    now_ += 12 * kHour;
    EXPECT_TRUE(Find(cookie).ok()) << half_days;
    Settle();
  }
  now_ += 12 * kHour;
  ExpectEnded(cookie);
}

TEST_F(EmbeddedSessionsTest, ARequestBesideALogoutDoesNotBringTheSessionBack) {
  const std::string cookie = LogIn();
  now_ += kHour;
  std::promise<void> ended;
  sessions_->End(Cookies{cookie}, [&](const Result<std::string>&) { ended.set_value(); });
  (void)Find(cookie);  // may still find it, and then notes that it was seen
  ended.get_future().get();
  Settle();
  ExpectEnded(cookie);
}

TEST_F(EmbeddedSessionsTest, SurvivesARestartAndTheRotationOfSecrets) {
  const std::string cookie = LogIn();
  Open({"newer", "secret"});
  EXPECT_TRUE(Find(cookie).ok());
  const std::string renewed = LogIn();
  Open({"newer"});
  ExpectEnded(cookie);
  EXPECT_TRUE(Find(renewed).ok());
}

TEST_F(EmbeddedSessionsTest, WhatHasEndedIsRemovedAndNothingElse) {
  LogIn();
  LogIn();
  now_ += 2 * kHour;
  const std::string later = LogIn();
  now_ += kDay - 2 * kHour;
  LogIn();
  Settle();  // the sweep comes before the log-out
  EXPECT_EQ(Rows(), 2);
  EXPECT_TRUE(Find(later).ok());
}

// It was one task of the thread that log-ins wait for.
TEST_F(EmbeddedSessionsTest, LogInsComeBetweenTheSlicesOfASweep) {
  constexpr int kEnded = 5000;
  for (int i = 0; i < kEnded; ++i) {
    ASSERT_TRUE(store_
                    ->Put(LocalStore::Table::kSessions, "ended " + std::to_string(i), "no row",
                          LocalStore::Durability::kBuffered)
                    .ok());
  }
  const Session login{TenantId{"acme"}, UserId{"7"}, "jane", "admin", std::nullopt};
  std::vector<int> rows;
  std::promise<void> third;
  // Each is posted by the one before it, which runs on that thread.
  const std::function<void(Result<std::string>)> next = [&](const Result<std::string>& begun) {
    EXPECT_TRUE(begun.ok());
    rows.push_back(Rows());
    if (rows.size() == 3) return third.set_value();
    sessions_->Begin(login, {}, false, next);
  };
  sessions_->Begin(login, {}, false, next);
  third.get_future().get();
  EXPECT_EQ(rows[0], kEnded + 1);
  EXPECT_EQ(rows[1], kEnded + 2) << "the second one waited for the sweep";
  EXPECT_LT(rows[2], kEnded) << "one slice was swept";
  EXPECT_GT(rows[2], kEnded / 2) << "the third one waited for the whole sweep";
  for (int log_ins = 0; log_ins < 10 && Rows() > 100; ++log_ins) LogIn();
  EXPECT_LT(Rows(), 100);
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

TEST_F(EmbeddedSessionsTest, TheDirectoryHoldsNoSessionId) {
  const std::string cookie = LogIn();
  const std::string sid = *VerifySession(*FindCookie({cookie}, kSessionCookie), {"secret"});
  EXPECT_EQ(sid.size(), 32u);
  sessions_.reset();
  store_.reset();
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(bytes.find(sid), std::string::npos) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 2);
}

TEST_F(EmbeddedSessionsTest, SecureIsSaidWhenTheClientCameByHttps) {
  EXPECT_EQ(Begin("", true)->find("; Secure") != std::string::npos, true);
  EXPECT_EQ(Begin("", false)->find("; Secure"), std::string::npos);
}

TEST_F(EmbeddedSessionsTest, ManyThreadsLogInLookAndLogOut) {
  std::vector<std::thread> threads;
  std::atomic<int> faults{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      std::set<std::string> seen;
      for (int i = 0; i < 20; ++i) {
        const std::string cookie = LogIn();
        if (!seen.insert(cookie).second || !Find(cookie).ok()) ++faults;
        if (!End(cookie).ok() || Find(cookie).ok()) ++faults;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(faults, 0);
}

TEST_F(EmbeddedSessionsTest, ASecondProcessIsToldThatTheStoreIsInUse) {
  const auto second = LocalStore::Open((directory_ / "local").string());
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().message.find("Another process"), std::string::npos)
      << second.error().message;
}

}  // namespace
}  // namespace contacts
