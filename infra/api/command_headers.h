// The headers of a request that becomes a command.
#pragma once

#include <optional>
#include <string>

#include "command/command.h"
#include "infra/http/message.h"

namespace contacts::api {

// Adds to a command the key and reason of the headers, and the request that a retry must repeat.
// `path`: the request's without the base ("" or "/api"), which makes no difference. Returns the
// fault of a header.
std::optional<Error> AddHeaders(const http::Request& request, const std::string& path,
                                Command* command);

}  // namespace contacts::api
