// The API behind the real front on a socket, over real read models, with scripted parts around.
#pragma once

#include <pthread.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "infra/api/routes.h"
#include "infra/http/server.h"
#include "tests/infra/api/client.h"
#include "tests/infra/api/stand_ins.h"
#include "tests/support/failing_store.h"
#include "tests/support/history.h"
#include "tests/support/keys.h"

namespace contacts::api {

// It also remembers the thread that took the last snapshot.
class FailingStore : public contacts::FailingStore {
 public:
  std::unique_ptr<ViewReader> Snapshot() const override {
    char name[16] = "";
    pthread_getname_np(pthread_self(), name, sizeof name);
    {
      const std::lock_guard lock(mutex_);
      snapshot_by_ = name;
    }
    if (at_snapshot) at_snapshot(name);
    return MemoryViewStore::Snapshot();
  }
  std::string snapshot_by() const {
    const std::lock_guard lock(mutex_);
    return snapshot_by_;
  }
  // Runs on each thread that takes a snapshot, before it does; set before the first request.
  std::function<void(const std::string& thread)> at_snapshot;

 private:
  mutable std::mutex mutex_;
  mutable std::string snapshot_by_;
};

class ScriptedService {
 public:
  explicit ScriptedService(std::optional<TenantId> default_tenant = {}, Sequence reached = {},
                           size_t list_cache_bytes = 64u << 20)
      : positions(reached),
        api_({.commands = commands,
              .views = views,
              .keyring = TestKeys(),
              .positions = positions,
              .sessions = sessions_,
              .passwords = passwords_,
              .status = [this] { return Status(); },
              .default_tenant = std::move(default_tenant),
              .clock = [this] { return now.load(); },
              .unready = [this](const TenantId&) { return unready; },
              .list_cache_bytes = list_cache_bytes,
              .pseudonym =
                  [this](const TenantId& tenant, std::string_view id) {
                    return hides ? actors::PseudonymOf(tenant.value, id) : std::string();
                  }}),
        server_(Options(), http::Router(api_.Routes(), {"", "/api"})) {}

  Counts counts() const { return api_.counts(); }
  RoleSessions& sessions() { return sessions_; }
  uint16_t port() const { return server_.port(); }
  std::unique_ptr<Client> Connect() { return std::make_unique<Client>(server_.port()); }
  Received Get(const std::string& target, std::vector<http::Header> headers = {}) {
    return Connect()->Send("GET", target, headers);
  }
  // Sends a JSON body unless `headers` say otherwise.
  Received Post(const std::string& target, const std::string& body,
                std::vector<http::Header> headers = {}) {
    bool typed = false;
    for (const http::Header& header : headers) typed |= header.name == "Content-Type";
    if (!typed && !body.empty()) headers.push_back({"Content-Type", "application/json"});
    return Connect()->Send("POST", target, headers, body);
  }

  std::atomic<bool> hides{true};  // gives pseudonyms
  FailingStore views;
  testing::History past{views};
  ScriptedCommands commands;
  ScriptedPositions positions;
  std::atomic<bool> caught_up{true};
  std::optional<Error> unready;  // before any request
  std::atomic<std::chrono::steady_clock::time_point> now{std::chrono::steady_clock::time_point{}};

 private:
  static http::ServerOptions Options() {
    http::ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.access_log = false;
    return options;
  }
  InstanceStatus Status() const {
    InstanceStatus status;
    status.caught_up = caught_up;
    status.entries_left = caught_up ? 0 : 1234;
    return status;
  }

  RoleSessions sessions_;
  DoublePasswords passwords_;
  Api api_;
  http::Server server_;
};

inline const http::Header kAdmin{"Cookie", "admin"};
inline const http::Header kMember{"Cookie", "member"};

}  // namespace contacts::api
