// What a request's headers say, beyond what the front does with them. A malformed one is an error
// whose message names the header; an absent one is nullopt.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "events/values/field.h"
#include "events/values/ids.h"
#include "events/values/result.h"
#include "infra/http/cors.h"
#include "infra/http/message.h"

namespace contacts::api {

// `Idempotency-Key`: 1 to 255 visible ASCII characters, bare or as a structured-field string (RFC
// 8941, 3.3.3), which is then unquoted: both forms are the same key.
Result<Maybe<std::string>> IdempotencyKey(const http::Request& request);

// `Contacts-Reason`: percent-encoded UTF-8 that keeps to FaultOfReason. Trimmed; an empty one is
// none.
Result<Maybe<std::string>> Reason(const http::Request& request);

// `Contacts-Min-Position`, and how long to wait for it by `Prefer: wait=SECONDS` (RFC 7240).
struct WantedPosition {
  Sequence position;
  std::chrono::seconds wait{5};  // at most 30
};
Result<std::optional<WantedPosition>> MinPosition(const http::Request& request);

// The token of `Authorization: Bearer TOKEN` (RFC 6750, 2.1); nullopt: there is none, or another
// scheme, which a proxy may want. With several of the header it is "", which no token is.
std::optional<std::string> BearerToken(const http::Request& request);

// kUnsupportedMediaType unless the content is JSON in UTF-8.
std::optional<Error> CheckJsonContent(const http::Request& request);

// kForbidden when a browser says that a page of another site makes this request with the user's
// cookie. Sec-Fetch-Site counts, in its absence Origin against the scheme and host that the client
// sees; a page of an origin in `allowed` may, and a request with neither header comes from no page.
std::optional<Error> CheckSameOrigin(const http::Request& request,
                                     const http::AllowedOrigins& allowed);

// Whether `If-None-Match` (a list, or `*`) names `etag`, by weak comparison (RFC 9110, 13.1.2).
// What is no entity tag in it matches nothing.
bool IsNotModified(const http::Request& request, const std::string& etag);

}  // namespace contacts::api
