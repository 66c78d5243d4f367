// The life of a server: the first catch-up, serving, going down in order.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "events/values/error.h"
#include "infra/api/routes.h"
#include "infra/base/health.h"
#include "infra/http/server.h"
#include "infra/identity/session_options.h"
#include "infra/node/config.h"
#include "infra/node/node.h"
#include "infra/node/reload.h"
#include "infra/node/signals.h"
#include "infra/ops/admin_routes.h"

namespace contacts {

// The error: the process may open so few descriptors that the server would start and accept no
// client.
Result<bool> HasDescriptors();

// Logs the error and returns 1, the exit code.
int Fail(const Error& error);

// The options of the parts from the settings. Throws std::runtime_error that names a bad setting.
http::ServerOptions FrontOptions(const Config& config, Metrics& metrics);
http::ServerOptions AdminOptions(const Config& config);
// Reports why no client can connect. `front` must outlive the last question.
HealthCheck DescriptorsOf(const http::Server& front);
// Shows what both hold as metrics; both must outlive the last reader.
void AddServerMetrics(const http::Server& front, const api::Api& api, Metrics* metrics);
// Throws std::runtime_error that names a bad setting.
// `keys` must outlive the API.
void SetOptions(const Config& config, KeyKeeper* keys, api::ApiContext* context);
// Not ready until the demonstration is filled. `filled` must outlive the last question.
HealthCheck DemonstrationOf(const std::atomic<bool>& filled);
// Reads the secrets, and makes them when no file is named.
Result<SessionOptions> SessionOptionsOf(const Config& config, const DataDirectory& directory);

struct Running {
  const Config& config;
  Node& node;
  AdminRoutes& admin_routes;
  http::Server& admin;
  http::Server& front;
  Signals& signals;
  Reload& reload;
  std::string token;          // for operations
  std::string demo_password;  // empty: no demonstration
  std::atomic<bool>& demo_filled;
};

// Catches up, prints its addresses on stdout, and waits for SIGTERM, SIGINT or a fault; SIGHUP
// reads the settings again. Then readiness turns to 503, clients are sent away while they are still
// answered (--lame-duck-seconds; not after a fault), requests that wait for a position get 503,
// other requests in flight are answered, decided commands are written. Returns the exit code: 0, or
// 1 after a fault.
int RunUntilSignal(const Running& running);

}  // namespace contacts
