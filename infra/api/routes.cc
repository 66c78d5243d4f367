#include "infra/api/routes.h"

#include <string>
#include <utility>
#include <vector>

#include "infra/api/handlers.h"
#include "infra/api/route_table.h"

namespace contacts::api {
namespace {

std::vector<std::string> QueryOf(const Operation& operation) {
  std::vector<std::string> names;
  for (const Parameter* parameter : operation.parameters) {
    if (parameter->in == Parameter::In::kQuery) names.emplace_back(parameter->name.value);
  }
  return names;
}

}  // namespace

Api::Api(ApiContext context) : state_(std::make_shared<State>(std::move(context))) {}

Api::~Api() {
  state_->continuations.Stop();  // first, because its work may end in a rendering
  state_->renderings.Stop();
}

void Api::Forget(const TenantId& tenant) { state_->lists.Forget(tenant); }

Counts Api::counts() const {
  const query::ListCounts lists = state_->lists.counts();
  return {.list_cache_bytes = lists.bytes,
          .large_list_bytes = lists.large_bytes,
          .list_bytes_alive = lists.bytes_alive,
          .list_evictions = lists.evictions,
          .list_renderings = lists.renderings,
          .list_refusals = lists.refusals,
          .long_work_waiting = state_->renderings.waiting(),
          .long_work_begun = state_->renderings.begun()};
}

std::vector<http::Route> Api::Routes() const {
  std::vector<http::Route> routes;
  for (const ApiRoute& route : RouteTable()) {
    routes.push_back({std::string(route.method), std::string(route.path), HandlerFor(state_, route),
                      QueryOf(route.operation), route.operation.events != nullptr});
  }
  return routes;
}

std::optional<Error> Api::State::NotReady() {
  if (caught_up_.load(std::memory_order_relaxed)) return std::nullopt;
  const InstanceStatus status = context.status();
  if (status.caught_up) {
    caught_up_.store(true, std::memory_order_relaxed);
    return std::nullopt;
  }
  return Error{ErrorCode::kUnavailable,
               "The first catch-up with the log is running: " +
                   std::to_string(status.entries_left) + " entries are left",
               {},
               1};
}

}  // namespace contacts::api
