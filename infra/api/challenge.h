// The challenge of a 401 or 403, which says how to authenticate (RFC 9110, 11.6.1; RFC 6750, 3).
#pragma once

#include <optional>
#include <string>

#include "events/values/error.h"
#include "infra/api/route_table.h"
#include "infra/http/message.h"

namespace contacts::api {

// The value of WWW-Authenticate for an error answer to this request; nullopt: it needs none. The
// scheme is always Bearer, also for a request with a cookie: RFC 9110 demands a challenge in every
// 401, and no browser asks its user for a Bearer token.
std::optional<std::string> ChallengeFor(const http::Request& request, const ApiRoute& route,
                                        const Error& error);

}  // namespace contacts::api
