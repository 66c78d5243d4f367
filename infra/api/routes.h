// The HTTP API: one table of routes (routes.cc) over commands, queries and sessions.
// README.md has the table for people; GET /openapi.json the contract.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "command/command.h"
#include "events/ids.h"
#include "infra/http/router.h"
#include "infra/instance/instance.h"
#include "infra/session/sessions.h"
#include "projections/positions.h"
#include "projections/view_store.h"

namespace contacts::api {

// What the handlers work on. What is referred to must outlive the Api and every request in flight.
struct ApiContext {
  Commands& commands;
  const ViewStore& views;
  Positions& positions;
  Sessions& sessions;
  Passwords& passwords;
  std::function<InstanceStatus()> status;       // any thread; not asked again once caught up
  std::optional<TenantId> default_tenant = {};  // of a login that names none; nullopt: it must
  std::function<std::chrono::steady_clock::time_point()> clock = std::chrono::steady_clock::now;
  size_t list_cache_bytes = 256u << 20;
};

// Must outlive the server that its routes are given to.
class Api {
 public:
  explicit Api(ApiContext context);
  ~Api();

  // For http::Router with the bases "" and "/api".
  std::vector<http::Route> Routes() const;

  class State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace contacts::api
