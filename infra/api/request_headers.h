// Reads the headers that the front does not interpret. A malformed header is an error whose message
// names the header; an absent one is nullopt.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "events/position.h"
#include "events/values/field.h"
#include "events/values/ids.h"
#include "events/values/result.h"
#include "infra/http/message.h"

namespace contacts::api {

// `Idempotency-Key`: 1 to 255 visible ASCII characters, bare or as a structured-field string (RFC
// 8941, 3.3.3), which is then unquoted: both forms are the same key.
Result<Maybe<std::string>> IdempotencyKey(const http::Request& request);

// `Contacts-Reason`: percent-encoded UTF-8 in which FaultOfReason finds no fault. Trimmed; an empty
// one counts as absent.
Result<Maybe<std::string>> Reason(const http::Request& request);

// `Contacts-Min-Position`.
Result<std::optional<Position>> MinPosition(const http::Request& request);

// `Last-Event-ID`: the position of the last event that a stream's client got; empty: nullopt.
Result<std::optional<Position>> LastEventId(const http::Request& request);

// Whether `Accept` asks for Server-Sent Events rather than JSON (RFC 9110, 12.5.1). It must name
// text/event-stream: a client that takes anything (`*/*`, `text/*`) does not expect an answer
// without end. The higher weight wins; of two equal ones JSON if it is named too, else the events.
bool WantsEvents(const http::Request& request);

// `Prefer: wait=SECONDS` (RFC 7240), at most this. Only looked at when there is something to wait
// for.
inline constexpr std::chrono::seconds kMaxWait{30};
Result<std::optional<std::chrono::seconds>> PreferredWait(const http::Request& request);

// `Prefer: count=exact`.
bool PrefersExactCount(const http::Request& request);

// The token of `Authorization: Bearer TOKEN` (RFC 6750, 2.1); nullopt: there is none, or another
// scheme, which may be for a proxy. With several such headers it is "", which is never a good
// token.
std::optional<std::string> BearerToken(const http::Request& request);

// Whether `If-None-Match` (a list, or `*`) names `etag`, by weak comparison (RFC 9110, 13.1.2).
// A member of the list that is not an entity tag matches nothing.
bool IsNotModified(const http::Request& request, const std::string& etag);

// Whether `If-Match` is there and names neither `etag`, by strong comparison, nor `*` (RFC 9110,
// 13.1.1). It counts for reading, too, and before `If-None-Match` (13.2.2).
bool FailsIfMatch(const http::Request& request, const std::string& etag);
// The error for that; `what` has the tag: "list".
Error HasAnotherTag(const std::string& what);

}  // namespace contacts::api
