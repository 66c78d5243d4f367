// The HTTP API: the routes of route_table.h over commands, queries and sessions. GET /openapi.json
// is the contract.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "command/command.h"
#include "events/actor.h"
#include "events/seal/keyring.h"
#include "events/values/ids.h"
#include "infra/base/system_clock.h"
#include "infra/http/router.h"
#include "infra/identity/cookie.h"
#include "infra/identity/sessions.h"
#include "infra/identity/unready_tenant.h"
#include "infra/instance/instance.h"
#include "projections/positions.h"
#include "projections/store/view_store.h"
#include "query/change_waits.h"

namespace contacts::api {

// The parts that handlers use. All that it refers to must outlive the Api and every request in
// flight.
struct ApiContext {
  Commands& commands;
  const ViewStore& views;
  seal::Keyring& keyring;
  Positions& positions;
  Sessions& sessions;
  Passwords& passwords;
  std::function<InstanceStatus()> status;       // any thread; not called again once caught up
  std::optional<TenantId> default_tenant = {};  // of a log-in that names none; nullopt: each must
  std::function<std::chrono::steady_clock::time_point()> clock = std::chrono::steady_clock::now;
  // Why nothing can be answered for a tenant yet (Instance::Unready). Any thread; nullopt: it can.
  UnreadyTenant unready = {};
  std::function<Timestamp()> wall_clock = SystemTime;
  int tenant_requests_per_second = 0;  // 0: no bound
  size_t list_cache_bytes = 256u << 20;
  http::AllowedOrigins allowed_origins = {};  // pages that may use a cookie besides our own
  CookieOptions cookie = {};                  // the cookie of `sessions`
  // Hides the ids of another application's users that may name persons; without it sessions with
  // such ids are refused.
  actors::Pseudonym pseudonym = {};
  query::ChangeWaits* changes = nullptr;  // nullptr: nobody waits for a change
};

// For metrics: values of now, or counted since the start.
struct Counts {
  size_t list_cache_bytes = 0;  // kept in the cache for lists that are not large
  size_t large_list_bytes = 0;  // kept in the place for large lists
  size_t list_bytes_alive = 0;  // rendered texts that the caches or a reader hold
  uint64_t list_evictions = 0;
  uint64_t list_renderings = 0;
  uint64_t list_refusals = 0;    // 503, because a tenant's slow readers hold too much
  size_t long_work_waiting = 0;  // requests that wait for a thread that renders long lists …
  uint64_t long_work_begun = 0;  // … and that got one
};

// Must outlive the server that its routes are given to.
class Api {
 public:
  explicit Api(ApiContext context);
  ~Api();

  // The table of routes for http::Router with the bases "" and "/api".
  std::vector<http::Route> Routes() const;

  // Any thread. Somebody of the tenant was erased: what is kept in memory for it goes at once.
  void Forget(const TenantId& tenant);
  Counts counts() const;  // any thread

  class State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace contacts::api
