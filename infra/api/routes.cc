#include "infra/api/routes.h"

#include <string>
#include <string_view>
#include <utility>

#include "infra/api/exchange.h"
#include "infra/api/handlers.h"

namespace contacts::api {
namespace {

Effect EffectOf(std::string_view method) {
  return method == "GET" ? Effect::kReads : Effect::kChanges;
}

}  // namespace

Api::Api(ApiContext context) : state_(std::make_shared<State>(std::move(context))) {}

Api::~Api() {
  state_->elsewhere.Stop();  // first, because what it does may end in a rendering
  state_->renderings.Stop();
}

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

std::vector<ApiRoute> Api::Table() const {
  struct Row {
    const char* method;
    const char* pattern;
    Who who;
    Step step;
    std::vector<std::string> query = {};  // the query parameters it takes
    const char* refused_as = "";          // its command, as a refusal is noted; "": its route
  };
  const Row rows[] = {
      {"GET", "/contacts", Who::kEveryUser, ListContacts},
      {"POST", "/contacts", Who::kChangers, CreateContactOf, {}, CreateContact::kName},
      {"GET", "/contacts/mentions", Who::kEveryUser, ListMentions},
      {"POST", "/login", Who::kAnyone, LogIn},
      {"POST", "/logout", Who::kAnyoneAtOnce, LogOut},
      {"POST",
       "/accounts/{contactId}/invitation",
       Who::kAdmins,
       InviteAccount,
       {},
       IssueInvitation::kName},
      {"POST", "/activate", Who::kAnyone, Activate},
      {"GET", "/user", Who::kEveryUser, ShowUser},
      {"GET", "/openapi.json", Who::kAnyoneAtOnce, ShowOpenApi},
  };
  std::vector<ApiRoute> table;
  for (const Row& row : rows) {
    std::string name = row.refused_as;
    if (name.empty()) name = std::string(row.method) + ' ' + row.pattern;
    table.push_back(
        {{row.method, row.pattern,
          HandlerFor(state_, {row.who, EffectOf(row.method), std::move(name)}, row.step),
          row.query},
         row.who});
  }
  return table;
}

std::vector<http::Route> Api::Routes() const {
  std::vector<http::Route> routes;
  for (ApiRoute& row : Table()) routes.push_back(std::move(row.route));
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
