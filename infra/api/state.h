// The state that the API keeps between requests.
#pragma once

#include <atomic>
#include <optional>

#include "infra/api/continuation_pool.h"
#include "infra/api/refusal_notes.h"
#include "infra/api/routes.h"
#include "infra/api/stream_places.h"
#include "infra/api/tenant_rates.h"
#include "infra/api/tenant_turns.h"
#include "infra/base/seldom.h"
#include "infra/identity/machine_tokens.h"
#include "query/list/list_cache.h"

namespace contacts::api {

class Api::State {
 public:
  explicit State(ApiContext given)
      : context(std::move(given)),
        lists(context.views, context.list_cache_bytes),
        notes(context.commands, context.clock),
        tokens(context.views, context.wall_clock),
        rates(context.tenant_requests_per_second, context.clock),
        continuations(2),
        renderings(2) {}

  // Why no request can be answered yet; nullopt once the first catch-up is done.
  std::optional<Error> NotReady();

  const ApiContext context;
  query::ListCache lists;
  RefusalNotes notes;
  Seldom nameless;  // log lines about sessions whose actor cannot be named
  const MachineTokens tokens;
  TenantRates rates;
  StreamPlaces streams;
  ContinuationPool continuations;  // continues requests after a wait …
  TenantTurns renderings;          // … and does long work: neither waits for the other

 private:
  std::atomic<bool> caught_up_{false};
};

}  // namespace contacts::api
