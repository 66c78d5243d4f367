// One instance of the program behind HTTP, with nothing scripted, and what all instances of a
// service have in common: log, local store, keys.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
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
#include "projections/erased_leaves.h"
#include "projections/position_waits.h"
#include "query/change_waits.h"
#include "query/records.h"
#include "tests/infra/api/client.h"
#include "tests/support/acme.h"
#include "tests/support/keys.h"

namespace contacts::api {

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

// Any number of instances of this process may use it.
class SharedLog {
 public:
  // Without `env`, the log is on this machine's disk.
  explicit SharedLog(rocksdb::Env* env = nullptr, seal::Keyring& keyring = TestKeys())
      : env_(env), keyring_(keyring), local_(LocalStore::Open(directory_ / "local").value()) {
    OpenLog();
  }
  EventLog& log() { return *log_; }
  seal::Keyring& keyring() { return keyring_; }
  LocalStore& local() { return *local_; }
  SecretStore& secrets() { return secrets_; }
  const Directory& directory() const { return directory_; }
  // No instance may use the log meanwhile.
  void CloseLog() { log_.reset(); }
  void OpenLog() {
    EmbeddedLogOptions options{.directory = env_ == nullptr ? directory_ / "log" : "/log"};
    options.env = env_;
    log_ = std::make_unique<EmbeddedLog>(options);
  }

 private:
  Directory directory_;
  rocksdb::Env* const env_;
  seal::Keyring& keyring_;
  std::unique_ptr<EmbeddedLog> log_;
  std::unique_ptr<LocalStore> local_;
  LocalSecretStore secrets_{*local_};
};

struct OneInstanceOptions {
  RocksDbViewStoreOptions views;
  int login_failures = 1000;  // then an address is locked
  query::ChangeWaitLimits waits = {};
  size_t list_cache_bytes = 256u << 20;
  size_t password_bytes = 8u << 20;  // of memory, for each hash
  // A position after the log's end is refused soon, as by the program; else it is waited for.
  bool asks_end = false;
};

class OneInstance {
 public:
  // The log must outlive it.
  OneInstance(SharedLog& shared, const OneInstanceOptions& options)
      : keyring_(shared.keyring()),
        views_(options.views),
        positions_(views_, {}, nullptr, options.asks_end ? AskingEnd() : nullptr),
        changes_(views_, keyring_, options.waits),
        passwords_(shared.secrets(), views_, Passwords(options)),
        sessions_(shared.local(), views_, Secret(&sessions_ahead_)),
        instance_(shared.log(), views_, keyring_, positions_, Options()),
        api_(Context(options.list_cache_bytes)),
        server_(Front(), http::Router(api_.Routes(), {"", "/api"})) {
    if (!instance_.WaitCaughtUp(std::chrono::seconds(20))) throw std::runtime_error("not up");
  }

  Answer Submit(const TenantId& tenant, Intent intent) {
    std::promise<Answer> answer;
    Command command;
    command.tenant = tenant;
    command.actor = "operator:test";
    command.actor_name = "test";
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
  uint16_t port() const { return server_.port(); }
  const ViewStore& views() const { return views_; }
  // For sessions the time is that much later from now on.
  void LetSessionsAge(std::chrono::milliseconds by) { sessions_ahead_ += by.count(); }
  bool Drain() { return server_.Drain(std::chrono::seconds(20)); }
  const query::ChangeWaits& changes() const { return changes_; }
  std::vector<Event> EventsOf(const TenantId& tenant) {
    std::vector<Event> events;
    query::ReadRecords(views_, tenant, Sequence{1}, Sequence{INT64_MAX},
                       [&](Sequence, std::string_view bytes) {
                         events.push_back(ReadRecord(bytes)->event);
                         return true;
                       });
    return events;
  }

 private:
  InstanceOptions Options() {
    InstanceOptions options;
    options.applied = [this](const TenantId& tenant) { changes_.Applied(tenant); };
    // An erased key stays so in the keyring of the process, which other tests use.
    if (&keyring_ != &TestKeys()) {
      options.erased = [this](const Erasure& erasure, bool) {
        for (const seal::Leaf leaf : LeavesOf(erasure, views_)) {
          keyring_.NoteErased(erasure.tenant, leaf);
        }
      };
    }
    options.make_tree = [this](const TenantId& tenant, const InstanceOptions::Done& done) {
      TestTree(tenant, keyring_);
      done(std::nullopt);
    };
    return options;
  }
  PositionWaits::AskEnd AskingEnd() {
    return [this](const TenantId& tenant, std::function<void()> applied) {
      instance_.AskEnd(tenant, std::move(applied));
    };
  }
  ApiContext Context(size_t list_cache_bytes) {
    ApiContext context{instance_, views_, keyring_, positions_, sessions_, passwords_, [this] {
                         return instance_.status();
                       }};
    context.changes = &changes_;
    context.list_cache_bytes = list_cache_bytes;
    return context;
  }
  static http::ServerOptions Front() {
    http::ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.access_log = false;
    return options;
  }
  static Argon2Options Passwords(const OneInstanceOptions& options) {
    Argon2Options passwords{.passes = 1, .memory_bytes = options.password_bytes};
    passwords.locks.failures = options.login_failures;
    return passwords;
  }
  static SessionOptions Secret(const std::atomic<int64_t>* ahead) {
    SessionOptions options;
    options.secrets = {"a secret for tests"};
    options.clock = [ahead] { return Timestamp{Now({}).milliseconds + *ahead}; };
    return options;
  }

  seal::Keyring& keyring_;
  std::atomic<int64_t> sessions_ahead_{0};  // milliseconds
  RocksDbViewStore views_;
  PositionWaits positions_;
  query::ChangeWaits changes_;
  Argon2Passwords passwords_;
  EmbeddedSessions sessions_;
  Instance instance_;
  Api api_;
  http::Server server_;
};

}  // namespace contacts::api
