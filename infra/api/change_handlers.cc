// The changes after a position, and the wait for the first one.
#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "infra/api/change_contract.h"
#include "infra/api/change_stream.h"
#include "infra/api/handlers.h"
#include "infra/api/json_answer.h"
#include "infra/api/near_reading.h"
#include "infra/api/query_parameters.h"
#include "infra/api/request_headers.h"
#include "query/changes.h"

namespace contacts::api {
namespace {

struct ChangesRequest {
  query::ChangesWanted wanted;
  std::chrono::seconds wait{0};
};

Result<ChangesRequest> ChangesIn(const http::Request& request) {
  ChangesRequest asked;
  auto since = PositionParameter(request, "since");
  if (!since) return since.error();
  if (WantsEvents(request)) {
    const auto last = LastEventId(request);
    if (!last) return last.error();
    if (*last) since = *last;
  }
  if (*since) asked.wanted.since = (*since)->sequence;
  const auto limit = NumberParameter(request, "limit", 1, kMostChanges);
  if (!limit) return limit.error();
  asked.wanted.most = static_cast<size_t>(limit->value_or(kMostChanges));
  const auto wait = WaitWanted(request);
  if (!wait) return wait.error();
  asked.wait = wait->value_or(std::chrono::seconds(0));
  const auto view = ViewParameter(request);
  if (!view) return view.error();
  asked.wanted.view = *view;
  return asked;
}

void AwaitChange(const ExchangePtr& exchange, const query::Changes& none,
                 std::chrono::seconds wait) {
  using Outcome = query::ChangeWaits::Outcome;
  query::ChangeWaits& changes = *exchange->state().context.changes;
  auto place = exchange->state().streams.Take(exchange->session().tenant, exchange->actor());
  if (!place) return exchange->Fail(TooManyStreams());
  exchange->DropBody();
  const auto then = [exchange, place = std::move(place),
                     waiter = std::this_thread::get_id()](Outcome outcome) {
    exchange->Continue(waiter, [outcome](const ExchangePtr& resumed) {
      if (outcome == Outcome::kTooMany) {
        return resumed->Fail(
            {ErrorCode::kUnavailable, "Too many requests wait for a change", {}, 1});
      }
      if (outcome == Outcome::kTimedOut) resumed->may_wait = false;
      resumed->PassAgain();
    });
  };
  const uint64_t number = changes.WaitFor(exchange->asker(), none.viewer, none.next.sequence,
                                          exchange->began + wait, then);
  if (number == 0) return;
  exchange->responder().WhenGone([&changes, number] { changes.Cancel(number); });
  // It may have closed its connection, and would keep its place until its time is over. One that
  // still reads takes an answer without changes as well.
  exchange->responder().WhenClientEnds([&changes, number] { changes.EndNow(number); });
}

void ReadAndAnswer(const ExchangePtr& exchange, const ChangesRequest& asked) {
  Api::State& state = exchange->state();
  const auto ledger = state.lists.LedgerFor(exchange->session().tenant);
  if (!ledger) return exchange->Fail(ledger.error());
  const auto read = query::ReadChanges(state.context.views, state.context.keyring,
                                       exchange->asker(), asked.wanted);
  if (!read) return exchange->Fail(read.error());
  const query::Changes& changes = *read;
  const bool waits = changes.entries.empty() && !changes.more && exchange->may_wait &&
                     asked.wait.count() > 0 && state.context.changes != nullptr;
  if (waits) return AwaitChange(exchange, changes, asked.wait);
  exchange->Answer(CountedJsonAnswer(JsonOf(changes), *ledger),
                   TenantPosition{changes.at.sequence, changes.parked, changes.at.epoch});
}

}  // namespace

void ListChanges(const ExchangePtr& exchange) {
  if (exchange->stream()) return exchange->stream()->GoOn(exchange);
  auto asked = ChangesIn(exchange->request);
  if (!asked) return exchange->Fail(asked.error());
  if (exchange->state().context.changes != nullptr && WantsEvents(exchange->request)) {
    return StreamChanges(exchange, std::move(asked->wanted));
  }
  const ViewLookup lookup(exchange->state().context.views);
  const Sequence applied = lookup.Tenant(exchange->session().tenant).applied;
  ReadChangesSince(exchange, asked->wanted.since, applied,
                   [asked = *asked](const ExchangePtr& resumed) { ReadAndAnswer(resumed, asked); });
}

}  // namespace contacts::api
