// How embedded sessions begin and end, and their rows in the store.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "infra/identity/cookie.h"
#include "tests/infra/identity/embedded_sessions.h"

namespace contacts {
namespace {

// A session made while the clock was years ahead lived until that time.
TEST_F(EmbeddedSessionsTest, ASessionFromTheFutureHasEnded) {
  const std::string cookie = LogIn();
  now_ -= kDay;
  EXPECT_TRUE(Find(cookie).ok());
  now_ -= 2 * kDay;
  Open({"secret"});
  EXPECT_FALSE(Find(cookie).ok());
}

TEST_F(EmbeddedSessionsTest, ALoginEndsTheSessionBeforeIt) {
  const std::string first = LogIn();
  const std::string second = LogIn(first);
  ExpectEnded(first);
  EXPECT_TRUE(Find(second).ok());
}

TEST_F(EmbeddedSessionsTest, ALogoutEndsOnlyItsSession) {
  const std::string one = LogIn();
  const std::string other = LogIn();
  EXPECT_EQ(*End(one), ClearCookie({}));
  ExpectEnded(one);
  EXPECT_TRUE(Find(other).ok());
  EXPECT_EQ(*End("connect.sid=forged"), ClearCookie({}));
}

// A bug once: each log-out with the cookie of a session that had ended made a synced write, and all
// other sessions were checked again.
TEST_F(EmbeddedSessionsTest, ALogoutOfNoSessionWritesNothingAndDisturbsNoOtherSession) {
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
  const auto erase_rows = [&] {  // a remembered session needs no row
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

// A stream looks every 15 seconds whether its session still holds; that kept the session alive.
TEST_F(EmbeddedSessionsTest, AFurtherLookDoesNotCountAsUse) {
  const std::string cookie = LogIn();
  for (int hour = 1; hour < 24; ++hour) {
    now_ += kHour;
    EXPECT_TRUE(FindAgain(cookie).ok()) << hour;
    Settle();
  }
  now_ += kHour;
  const auto ended = FindAgain(cookie);
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().code, ErrorCode::kUnauthenticated);
}

TEST_F(EmbeddedSessionsTest, AFurtherLookHidesNoUse) {
  const std::string cookie = LogIn();
  now_ += kDay - kHour;
  EXPECT_TRUE(FindAgain(cookie).ok());
  EXPECT_TRUE(Find(cookie).ok());
  Settle();
  now_ += kDay - 1;
  EXPECT_TRUE(FindAgain(cookie).ok());
  now_ += 1;
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

TEST_F(EmbeddedSessionsTest, ARequestDuringALogoutDoesNotBringTheSessionBack) {
  const std::string cookie = LogIn();
  now_ += kHour;
  std::promise<void> ended;
  sessions_->End(Cookies{cookie}, [&](const Result<std::string>&) { ended.set_value(); });
  (void)Find(cookie);  // it may still find the session, and then writes that it was seen
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

TEST_F(EmbeddedSessionsTest, OnlyEndedSessionsAreRemoved) {
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

// The sweep was a single task of the thread that log-ins wait for.
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
  // Each log-in is posted by the one before it, which runs on that thread.
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

TEST_F(EmbeddedSessionsTest, ASecondProcessLearnsThatTheStoreIsInUse) {
  const auto second = LocalStore::Open((directory_ / "local").string());
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().message.find("Another process"), std::string::npos)
      << second.error().message;
}

}  // namespace
}  // namespace contacts
