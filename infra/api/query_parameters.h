// Reads the parameters of a query. The front has checked that the route takes each of them. An
// absent one is nullopt; kBadRequest names the parameter that came twice, or with a value that it
// cannot have.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "events/position.h"
#include "events/values/result.h"
#include "events/values/time.h"
#include "infra/http/message.h"

namespace contacts::api {

Result<std::optional<std::string_view>> OneParameter(const http::Request& request,
                                                     std::string_view name);

// A position, as Contacts-Position names it: 17 or 2.121.
Result<std::optional<Position>> PositionParameter(const http::Request& request,
                                                  std::string_view name);

// A decimal number between the two, which are included.
Result<std::optional<int64_t>> NumberParameter(const http::Request& request, std::string_view name,
                                               int64_t least, int64_t most);

// `asOf`: a position, or an RFC 3339 time with `T` and offset.
using PointInTime = std::variant<Position, Timestamp>;
Result<std::optional<PointInTime>> AsOf(const http::Request& request);

// How long the client would wait: `Prefer: wait=`, else the query's `wait`; 0 to 30 s.
Result<std::optional<std::chrono::seconds>> WaitWanted(const http::Request& request);

// `view`: the name of a view (query::ViewName).
Result<std::optional<std::string_view>> ViewParameter(const http::Request& request);

// The positions that this instance must have applied before it can answer: Contacts-Min-Position,
// Last-Event-ID of a stream, and those of the query (`since`, `asOf`); and how long to wait for
// them: WaitWanted, else 2 s. Without a position the times are not looked at.
struct WantedPositions {
  std::vector<Position> positions;
  std::chrono::seconds wait{2};
};
Result<WantedPositions> PositionsWanted(const http::Request& request);

}  // namespace contacts::api
