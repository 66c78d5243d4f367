// The one table of routes. From it come the router's routes, the gate before each handler, the
// paths of the OpenAPI document and the labels of metrics.
//
// To add a route, write its handler, then its row in route_table.cc; the compiler and the tests
// name what is missing. README.md lists the files.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "infra/api/operation.h"

namespace contacts::api {

// The callers that a route lets in; query/access.h has the roles.
enum class Who {
  kAnyoneAtOnce,  // without a session; also during the first catch-up
  kAnyone,        // without a session, once the read models are caught up
  kEveryUser,     // each user with a session or a token
  kChangers,      // of these, users who may create and change
  kAuditors,      // … who may read the audit
  kAdmins,        // … who may open accounts
};

class Exchange;
using RouteHandler = void (*)(const std::shared_ptr<Exchange>&);

// A row. The bounds of size, time and rate are the same for all routes: the front's
// (http::ServerOptions) and the tenant's (TenantRates).
struct ApiRoute {
  RequiredText method;  // "GET", "POST", …
  RequiredText path;    // "/contacts/{id}", under each base
  Required<Who> who;
  Required<RouteHandler> handler;
  Operation operation;
  std::string_view refused_as = {};  // the command that a noted refusal names; "": its route

  // Only callers with a session or a token may call it.
  constexpr bool NeedsSession() const { return who >= Who::kEveryUser; }
  // Only some roles may call it.
  constexpr bool NeedsRole() const { return who > Who::kEveryUser; }
  // Then pages of other sites are refused, and a body is allowed.
  constexpr bool Changes() const { return std::string_view(method) != "GET"; }
};

// The rows, in the order of the document. They never go away.
std::span<const ApiRoute> RouteTable();

}  // namespace contacts::api
