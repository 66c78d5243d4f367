// The whole program behind HTTP with nothing scripted: command, log on disk, projections, query.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "infra/api/routes.h"
#include "infra/embedded/embedded_log.h"
#include "infra/http/server.h"
#include "infra/identity/argon2_passwords.h"
#include "infra/identity/embedded_sessions.h"
#include "infra/instance/instance.h"
#include "infra/local_store/local_store.h"
#include "infra/rocksdb_views/rocksdb_view_store.h"
#include "projections/position_waits.h"
#include "query/records.h"
#include "tests/infra/api/client.h"
#include "tests/support/acme.h"

namespace contacts::api {

inline const TenantId kOther{"other"};

// A new directory that is removed with the test.
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
  // An address is locked after so many failures.
  explicit Whole(int login_failures = 1000)
      : log_({.directory = directory_ / "log"}),
        views_({.directory = directory_ / "views"}),
        positions_(views_),
        local_(LocalStore::Open(directory_ / "local").value()),
        secrets_(*local_),
        passwords_(secrets_, views_, Passwords(login_failures)),
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
  Result<std::string> MakePassword(const std::string& password) {
    std::promise<Result<std::string>> made;
    passwords_.Make(password, [&](Result<std::string> id) { made.set_value(std::move(id)); });
    return made.get_future().get();
  }
  void SetPasswordOf(const TenantId& tenant, const std::string& name) {
    const Result<std::string> credential = MakePassword("password of " + name);
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
  const ViewStore& views() const { return views_; }
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
  static Argon2Options Passwords(int failures) {
    Argon2Options options{.passes = 1, .memory_bytes = 8u << 20};
    options.locks.failures = failures;
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

}  // namespace contacts::api
