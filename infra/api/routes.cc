#include "infra/api/routes.h"

#include <string>
#include <utility>

#include "infra/api/exchange.h"
#include "infra/api/handlers.h"

namespace contacts::api {

Api::Api(ApiContext context) : state_(std::make_shared<State>(std::move(context))) {}

Api::~Api() { state_->elsewhere.Stop(); }

std::vector<http::Route> Api::Routes() const {
  const auto reads = Effect::kReads;
  const auto changes = Effect::kChanges;
  return {
      {"GET", "/contacts", ForSession(state_, reads, ListContacts)},
      {"POST", "/contacts", ForSession(state_, changes, CreateContactOf)},
      {"GET", "/contacts/mentions", ForSession(state_, reads, ListMentions)},
      {"POST", "/login", OnceReady(state_, changes, LogIn)},
      {"POST", "/logout", ForAnyone(state_, changes, LogOut)},
      {"GET", "/user", ForSession(state_, reads, ShowUser)},
      {"GET", "/openapi.json", ForAnyone(state_, reads, ShowOpenApi)},
  };
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
