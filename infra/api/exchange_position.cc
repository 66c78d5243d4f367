#include <string>
#include <utility>
#include <vector>

#include "infra/api/exchange.h"
#include "infra/api/query_parameters.h"
#include "infra/base/log.h"
#include "query/past.h"

namespace contacts::api {
namespace {

Error UnknownPosition(const Position& position, const std::string& stands) {
  Error error{ErrorCode::kGone, "The position " + TextOf(position) +
                                    " is not in the history of this tenant: the log was put back "
                                    "from an older copy, or it is another log. " +
                                    stands + "; read again without the position"};
  error.code_name = "unknownPosition";
  return error;
}

std::string StandsAt(const TenantId& tenant, const TenantRow& row) {
  return "Tenant " + tenant.value + " stands at " + TextOf(PositionAt(row, row.applied)) +
         " on this instance";
}

}  // namespace

// nullopt: the read models cannot be read. The answer must go out nevertheless, above all one that
// names the key with which a retry is safe.
std::optional<TenantRow> Exchange::ReadTenant() const {
  try {
    return ViewLookup(state_->context.views).Tenant(session_->tenant);
  } catch (const StoreFailure& failure) {
    log::Error("the read models cannot be read",
               {{"request", request.request_id}, {"cause", failure.what()}});
    return std::nullopt;
  }
}

std::optional<TenantPosition> Exchange::PositionOf(const contacts::Answer& answer) const {
  if (answer.position.value == 0) return std::nullopt;
  const std::optional<TenantRow> row = ReadTenant();
  if (!row) return std::nullopt;
  return TenantPosition{answer.position, std::nullopt, EpochOf(row->epochs, answer.position)};
}

std::optional<TenantPosition> Exchange::CurrentPosition() const {
  const std::optional<TenantRow> row = ReadTenant();
  if (!row) return std::nullopt;
  return TenantPosition{row->applied, query::ParkedAt(*row), EpochOf(row->epochs, row->applied)};
}

TenantPosition Exchange::PositionAsOf(const PointInTime& point) const {
  const TenantId& tenant = session_->tenant;
  const std::unique_ptr<ViewReader> snapshot = state_->context.views.Snapshot();
  const query::Past past(*snapshot, state_->context.keyring, tenant);
  const TenantRow row = past.lookup().Tenant(tenant);
  const auto* position = std::get_if<Position>(&point);
  const Sequence at =
      position != nullptr ? position->sequence : past.NewestUntil(std::get<Timestamp>(point));
  return {at, std::nullopt, EpochOf(row.epochs, at)};
}

std::optional<Error> Exchange::FaultOf(const Position& position) const {
  const ViewLookup lookup(state_->context.views);
  const TenantId& tenant = session_->tenant;
  if (lookup.Find(tenant, position) != PositionIs::kLost) return std::nullopt;
  return UnknownPosition(position, StandsAt(tenant, lookup.Tenant(tenant)));
}

void Exchange::NotReached(const TenantId& tenant, const Position& wanted,
                          Positions::Outcome outcome) {
  if (outcome == Positions::Outcome::kTooMany) {
    return Fail({ErrorCode::kUnavailable, "Too many requests wait for a position", {}, 1});
  }
  const TenantRow row = ViewLookup(state_->context.views).Tenant(tenant);
  const std::string stands = StandsAt(tenant, row);
  if (outcome == Positions::Outcome::kUnknown) return Fail(UnknownPosition(wanted, stands));
  Fail({ErrorCode::kUnavailable, stands + ", not yet at " + TextOf(wanted), {}, 1});
}

void Exchange::AwaitPosition(const TenantId& tenant, const Step& next) {
  if (const auto why = Unready(tenant)) return Fail(*why);
  auto wanted = PositionsWanted(request);
  if (!wanted) return Fail(wanted.error());
  if (wanted->positions.empty()) return next(shared_from_this());
  if (!route_.Changes()) DropBody();
  AwaitEach(tenant, std::move(wanted->positions), Positions::Clock::now() + wanted->wait, next);
}

void Exchange::AwaitEach(const TenantId& tenant, std::vector<Position> wanted,
                         Positions::Clock::time_point deadline, const Step& next) {
  if (wanted.empty()) return next(shared_from_this());
  const Position first = wanted.back();
  wanted.pop_back();
  const auto then = [self = shared_from_this(), waiter = std::this_thread::get_id(), tenant, first,
                     rest = std::move(wanted), deadline, next](Positions::Outcome outcome) {
    self->Continue(waiter, [=](const ExchangePtr& exchange) {
      if (outcome != Positions::Outcome::kReached) {
        return exchange->NotReached(tenant, first, outcome);
      }
      exchange->AwaitEach(tenant, rest, deadline, next);
    });
  };
  Positions& positions = state_->context.positions;
  const Positions::Wait wait = positions.WaitFor(tenant, first, deadline, then);
  if (wait.number > 0) {
    responder_.WhenGone([&positions, wait] { positions.Cancel(wait); });
  }
}

}  // namespace contacts::api
