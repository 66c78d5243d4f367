// Checks of a request's headers that come before its body is read and obeyed.
#pragma once

#include <optional>

#include "events/values/error.h"
#include "infra/http/cors.h"
#include "infra/http/message.h"

namespace contacts::api {

// kUnsupportedMediaType unless the content is JSON in UTF-8; a PATCH may also name it a merge
// patch.
std::optional<Error> CheckJsonContent(const http::Request& request);

// kForbidden when a browser says that a page of another site makes this request with the user's
// cookie. Sec-Fetch-Site counts; in its absence, Origin is compared with the scheme and host that
// the client sees. A page of an origin in `allowed` may, and a request with neither header comes
// from no page.
std::optional<Error> CheckSameOrigin(const http::Request& request,
                                     const http::AllowedOrigins& allowed);

}  // namespace contacts::api
