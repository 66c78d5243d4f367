// The whole path with nothing scripted: HTTP, command, log on disk, projections, query, HTTP.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <string>
#include <thread>

#include "infra/api/routes.h"
#include "infra/embedded/embedded_log.h"
#include "infra/http/server.h"
#include "infra/instance/instance.h"
#include "infra/session/argon2_passwords.h"
#include "infra/session/embedded_sessions.h"
#include "infra/session/local_store.h"
#include "projections/position_waits.h"
#include "projections/rocksdb_view_store.h"
#include "query/records.h"
#include "tests/api_unit/client.h"

namespace contacts::api {
namespace {

const TenantId kAcme{"acme"};
const TenantId kOther{"other"};

// A new directory that goes with the test.
class Directory {
 public:
  Directory() {
    std::string name = (std::filesystem::temp_directory_path() / "contacts-api-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = name;
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  std::string operator/(const char* part) const { return (path_ / part).string(); }

 private:
  std::filesystem::path path_;
};

class Whole {
 public:
  Whole()
      : log_({.directory = directory_ / "log"}),
        views_({.directory = directory_ / "views"}),
        positions_(views_),
        local_(LocalStore::Open(directory_ / "local").value()),
        secrets_(*local_),
        passwords_(secrets_, views_, {.passes = 1, .memory_bytes = 8u << 20}),
        sessions_(*local_, views_, Secret()),
        instance_(log_, views_, positions_, {}),
        api_({instance_, views_, positions_, sessions_, passwords_,
              [this] { return instance_.status(); }}),
        server_(Options(), http::Router(api_.Routes(), {"", "/api"})) {
    if (!instance_.WaitCaughtUp(std::chrono::seconds(20))) throw std::runtime_error("not up");
  }

  Answer Submit(const TenantId& tenant, Intent intent) {
    std::promise<Answer> answer;
    Command command;
    command.tenant = tenant;
    command.actor = command.actor_name = "operator";
    command.intent = std::move(intent);
    instance_.Submit(std::move(command), [&](Answer a) { answer.set_value(std::move(a)); });
    return answer.get_future().get();
  }
  void AddUserOf(const TenantId& tenant, const std::string& name, const std::string& role) {
    ASSERT_FALSE(Submit(tenant, AddUser{name, role}).error);
    SetPasswordOf(tenant, name);
  }
  void SetPasswordOf(const TenantId& tenant, const std::string& name) {
    std::promise<Result<std::string>> made;
    passwords_.Make("password of " + name, [&](Result<std::string> id) { made.set_value(id); });
    const Result<std::string> credential = made.get_future().get();
    ASSERT_TRUE(credential);
    ASSERT_FALSE(Submit(tenant, SetPassword{name, *credential}).error);
  }
  http::Header LogIn(const TenantId& tenant, const std::string& name) {
    const Received received = Send("POST", "/api/login", {},
                                   R"({"username":")" + name + R"(","password":"password of )" +
                                       name + R"(","tenant":")" + tenant.value + "\"}");
    EXPECT_EQ(received.status, 200) << received.body;
    const std::string cookie = received.Header("set-cookie");
    return {"Cookie", cookie.substr(0, cookie.find(';'))};
  }
  Received Send(const std::string& method, const std::string& target,
                std::vector<http::Header> headers, const std::string& body = "") {
    if (!body.empty()) headers.push_back({"Content-Type", "application/json"});
    return Client(server_.port()).Send(method, target, headers, body);
  }
  std::vector<Event> EventsOf(const TenantId& tenant) {
    std::vector<Event> events;
    query::ReadRecords(views_, tenant, Sequence{1}, Sequence{INT64_MAX},
                       [&](Sequence, std::string_view bytes) {
                         events.push_back(DecodeRecord(bytes)->event);
                         return true;
                       });
    return events;
  }

 private:
  static http::ServerOptions Options() {
    http::ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.access_log = false;
    return options;
  }
  static SessionOptions Secret() {
    SessionOptions options;
    options.secrets = {"a secret for tests"};
    return options;
  }

  Directory directory_;
  EmbeddedLog log_;
  RocksDbViewStore views_;
  PositionWaits positions_;
  std::unique_ptr<LocalStore> local_;
  LocalSecretStore secrets_;
  Argon2Passwords passwords_;
  EmbeddedSessions sessions_;
  Instance instance_;
  Api api_;
  http::Server server_;
};

class WholeTest : public testing::Test {
 protected:
  WholeTest() {
    whole_.AddUserOf(kAcme, "ada", "admin");
    whole_.AddUserOf(kOther, "olga", "admin");
    ada_ = whole_.LogIn(kAcme, "ada");
  }
  static std::string Contact(const std::string& email, const std::string& more = "") {
    return R"({"fullName":"Someone","email":")" + email + R"(","type":"client")" + more + "}";
  }
  Received Create(const std::string& body, std::vector<http::Header> headers = {}) {
    headers.push_back(ada_);
    return whole_.Send("POST", "/api/contacts", headers, body);
  }

  Whole whole_;
  http::Header ada_;
};

TEST_F(WholeTest, AContactThatWasCreatedIsReadAtOnce) {
  const Received created = Create(Contact("jo@example.com"));
  ASSERT_EQ(created.status, 200) << created.body;
  const Received list = whole_.Send("GET", "/api/contacts", {ada_});
  EXPECT_EQ(list.body, "[" + created.body + "]");
  EXPECT_EQ(list.Header("contacts-position"), created.Header("contacts-position"));
  EXPECT_EQ(whole_.Send("GET", "/api/contacts/mentions", {ada_}).body,
            R"([{"id":1,"fullName":"Someone","mentionName":null,"email":"jo@example.com"}])");
}

TEST_F(WholeTest, ATakenEmailIsTakenInAnyCaseAndFreeForOthers) {
  ASSERT_EQ(Create(Contact("jo@example.com")).status, 200);
  EXPECT_EQ(Create(Contact(" JO@Example.com\\t")).status, 409);
  const http::Header olga = whole_.LogIn(kOther, "olga");
  const Received other = whole_.Send("POST", "/api/contacts", {olga}, Contact("jo@example.com"));
  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(whole_.Send("GET", "/contacts", {olga}).body, "[" + other.body + "]");
}

TEST_F(WholeTest, ARefusalIsNotedInTheHistory) {
  ASSERT_EQ(Create(Contact("jo@example.com")).status, 200);
  const Received refused = Create(Contact("jo@example.com"));
  ASSERT_EQ(refused.status, 409);
  // The note comes after the answer, as a record of its own.
  const int64_t position = std::stoll(refused.Header("contacts-position")) + 1;
  const http::Header at_least{"Contacts-Min-Position", std::to_string(position)};
  ASSERT_EQ(whole_.Send("GET", "/api/user", {ada_, at_least, {"Prefer", "wait=20"}}).status, 200);
  bool noted = false;
  for (const Event& event : whole_.EventsOf(kAcme)) {
    const auto* note = std::get_if<CommandRefused>(&event);
    noted |=
        note != nullptr && note->command == "CreateContact" && note->code == ErrorCode::kConflict;
  }
  EXPECT_TRUE(noted);
}

TEST_F(WholeTest, ARepeatedKeyGetsTheFirstAnswerAgain) {
  const http::Header key{"Idempotency-Key", "k-1"};
  const Received first = Create(Contact("jo@example.com"), {key});
  ASSERT_EQ(first.status, 200);
  const Received again = Create(Contact("jo@example.com"), {{"Idempotency-Key", "\"k-1\""}});
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(Create(Contact("another@example.com"), {key}).status, 422);
  EXPECT_EQ(whole_.Send("GET", "/api/contacts", {ada_}).body, "[" + first.body + "]");
}

TEST_F(WholeTest, AContactThatCanLogInSeesItsCompany) {
  ASSERT_EQ(Create(Contact("self@wey.example", R"(,"company":"Wey","canLogin":true)")).status, 200);
  ASSERT_EQ(Create(Contact("colleague@wey.example", R"(,"company":"Wey")")).status, 200);
  ASSERT_EQ(Create(Contact("stranger@example.com", R"(,"company":"Other")")).status, 200);
  whole_.SetPasswordOf(kAcme, "self@wey.example");
  const http::Header self = whole_.LogIn(kAcme, "self@wey.example");
  EXPECT_NE(whole_.Send("GET", "/api/user", {self}).body.find(R"("role":"client")"),
            std::string::npos);
  const std::string list = whole_.Send("GET", "/api/contacts/mentions", {self}).body;
  EXPECT_EQ(list.find("stranger"), std::string::npos);
  EXPECT_NE(list.find("colleague"), std::string::npos);
  EXPECT_EQ(whole_.Send("POST", "/api/contacts", {self}, Contact("x@example.com")).status, 403);
}

TEST_F(WholeTest, APositionThatWillComeIsWaitedFor) {
  const int64_t position =
      std::stoll(Create(Contact("one@example.com")).Header("contacts-position")) + 1;
  auto list = std::async(std::launch::async, [&] {
    return whole_.Send(
        "GET", "/api/contacts",
        {ada_, {"Contacts-Min-Position", std::to_string(position)}, {"Prefer", "wait=20"}});
  });
  ASSERT_EQ(Create(Contact("two@example.com")).status, 200);
  const Received received = list.get();
  EXPECT_EQ(received.status, 200);
  EXPECT_NE(received.body.find("two@example.com"), std::string::npos);
  const Received late = whole_.Send("GET", "/api/contacts",
                                    {ada_, {"Contacts-Min-Position", "999"}, {"Prefer", "wait=0"}});
  EXPECT_EQ(late.status, 503);
}

TEST_F(WholeTest, ALogOutEndsTheSession) {
  EXPECT_EQ(whole_.Send("POST", "/api/logout", {ada_}).status, 204);
  EXPECT_EQ(whole_.Send("GET", "/api/contacts", {ada_}).status, 401);
}

TEST_F(WholeTest, ManyWritersOfFewEmailsAndReadersInBetween) {
  std::vector<std::thread> writers;
  std::atomic<int> created{0}, taken{0}, unseen{0};
  for (int w = 0; w < 8; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < 25; ++i) {
        const std::string email = "c" + std::to_string((w + i) % 25) + "@example.com";
        const int status = Create(Contact(email)).status;
        created += status == 200;
        taken += status == 409;
        const Received list = whole_.Send("GET", "/api/contacts", {ada_});
        unseen += list.body.find("\"" + email + "\"") == std::string::npos;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(created, 25);
  EXPECT_EQ(taken, 175);
  EXPECT_EQ(unseen, 0);
}

}  // namespace
}  // namespace contacts::api
