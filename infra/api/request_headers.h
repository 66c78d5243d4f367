// Reads the headers that the front does not interpret. A malformed header is an error whose message
// names the header; an absent one is nullopt.
#pragma once

#include <chrono>
#include <optional>
#include <string>

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

// `Contacts-Min-Position`, and how long to wait for it by `Prefer: wait=SECONDS` (RFC 7240).
struct WantedPosition {
  Sequence position;
  std::chrono::seconds wait{5};  // at most 30
};
Result<std::optional<WantedPosition>> MinPosition(const http::Request& request);

// The token of `Authorization: Bearer TOKEN` (RFC 6750, 2.1); nullopt: there is none, or another
// scheme, which may be for a proxy. With several such headers it is "", which is never a good
// token.
std::optional<std::string> BearerToken(const http::Request& request);

// Whether `If-None-Match` (a list, or `*`) names `etag`, by weak comparison (RFC 9110, 13.1.2).
// A member of the list that is not an entity tag matches nothing.
bool IsNotModified(const http::Request& request, const std::string& etag);

}  // namespace contacts::api
