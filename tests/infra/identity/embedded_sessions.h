// Fixture: embedded sessions of jane, a user of tenant acme, in a store on disk.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/rows/row_archive.h"
#include "infra/identity/embedded_sessions.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"
#include "tests/infra/identity/jane.h"

namespace contacts {

inline constexpr int64_t kHour = 3600 * 1000;
inline constexpr int64_t kDay = 24 * kHour;

using Cookies = std::vector<std::string_view>;

class EmbeddedSessionsTest : public testing::JaneTest {
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
  Result<Session> Find(const std::string& cookie, SessionUse use = SessionUse::kCounts) {
    std::promise<Result<Session>> found;
    sessions_->Find(Cookies{cookie}, use,
                    [&](Result<Session> s) { found.set_value(std::move(s)); });
    return found.get_future().get();
  }
  Result<Session> FindAgain(const std::string& cookie) {
    return Find(cookie, SessionUse::kCountedBefore);
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
  // Begins a session and finds it once, so that it is remembered and the memory is tested too.
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
  // Waits until all earlier tasks are done: a logout waits in the same queue.
  void Settle() { EXPECT_TRUE(End(LogIn()).ok()); }

  std::filesystem::path directory_;
  std::atomic<int64_t> now_{1'700'000'000'000};
  std::optional<Error> unready_;
  ContactRow jane_contact_;
  std::unique_ptr<LocalStore> store_;
  std::unique_ptr<EmbeddedSessions> sessions_;
};

}  // namespace contacts
